//! The articles behind the rules, as traces and letters cite them, dated. *BEK 1387* is of 12/12/2006 as amended, *BEK 1244* of
//! 13/11/2017; its rate of 2018 is the first that is known.

use crate::article::{Article, OPEN};

/// Residents pay for §§ 107-110.
pub const PAYMENT: &str = ACT;
const ACT: &str = "serviceloven § 163";
/// The council sets the payment of § 107.
pub const STAY_107: Article = Article::dated(ACT, &[((2007, 1, 1), OPEN, "BEK 1387 § 2")]);
/// One sum or by service, as a daily rate, with opt-out.
pub const SERVICES_107: Article = Article::dated(ACT, &[((2007, 1, 1), OPEN, "BEK 1387 § 2, stk. 3")]);
/// Own home kept: as a rule no payment.
pub const OWN_HOME_107: Article = Article::dated(ACT, &[((2007, 1, 1), OPEN, "BEK 1387 § 2, stk. 4")]);
/// A dispensation for a shorter time in special cases: named to staff in a refusal, without a day.
pub const DISPENSATION: &str = "BEK 1387 § 1, stk. 3";
/// No income: no charge, and an amount for personal needs.
pub const NO_INCOME_107: Article = Article::dated(ACT, &[((2007, 1, 1), OPEN, "BEK 1387 § 3")]);
/// The statutory daily rate of §§ 109 and 110.
pub const STAY_109_110: Article = Article::dated(ACT, &[((2018, 1, 1), OPEN, "BEK 1244 § 2")]);
/// Food and laundry, paid to the facility.
pub const SERVICES_109_110: Article = Article::dated(ACT, &[((2018, 1, 1), OPEN, "BEK 1244 § 2, stk. 3")]);
/// Reduced or waived on application; waived without income.
pub const RELIEF_109_110: Article = Article::dated(ACT, &[((2018, 1, 1), OPEN, "BEK 1244 § 5")]);
/// No charge before a decision on the concrete amount is communicated, and only for the future.
pub const DECISION: Article =
    Article::dated(ACT, &[((2019, 8, 21), OPEN, "Ankestyrelsens principafgørelse 43-19")]);
/// Own payment may not exceed a comparable rented dwelling with housing benefit.
pub const COMPARABLE: Article =
    Article::dated(ACT, &[((2017, 1, 1), OPEN, "Ankestyrelsens principafgørelse 97-16")]);

#[test]
fn no_article_is_cited_before_it_was_written() {
    let on = |article: Article, day: &str| article.on(day.parse().unwrap());
    assert_eq!(on(DECISION, "2019-08-20"), ACT);
    assert_eq!(on(DECISION, "2019-08-21"), "Ankestyrelsens principafgørelse 43-19");
    assert_eq!([on(STAY_109_110, "2017-12-31"), on(COMPARABLE, "2016-12-31")], [ACT; 2]);
    let all =
        [STAY_107, SERVICES_107, OWN_HOME_107, NO_INCOME_107, STAY_109_110, SERVICES_109_110, RELIEF_109_110];
    assert!(all.iter().all(Article::is_sound));
}
