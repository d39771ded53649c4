//! The articles behind the rules, as traces and letters cite them, dated. *Dagtilbudsbekendtgørelsen* is BEK 2058 of 15/11/2021,
//! in force since 18 November 2021. Of its forerunners only what a source says of 2014 and 2015 is known: the order of the
//! subsidies stood in the same section.

use crate::article::{Article, OPEN};

/// The council sets the parents' payment from the budgets.
pub const RATE: &str = "dagtilbudsloven § 31, stk. 2, og § 32";
/// The order of the subsidies.
pub const ORDER: Article =
    Article::dated("dagtilbudsloven § 43, stk. 1", &[((2015, 1, 1), OPEN, "dagtilbudsbekendtgørelsen § 2")]);
/// Økonomisk fripladstilskud.
pub const ECONOMIC: &str = "dagtilbudsloven § 43, stk. 1, nr. 2";
/// What counts as income.
pub const INCOME: Article =
    Article::dated(ECONOMIC, &[((2022, 1, 1), OPEN, "dagtilbudsbekendtgørelsen § 28")]);
/// The recalculation of a month from the income register.
pub const RECALCULATION: Article =
    Article::dated(ECONOMIC, &[((2022, 1, 1), OPEN, "dagtilbudsbekendtgørelsen § 33, stk. 1")]);
/// Søskendetilskud.
pub const SIBLING: &str = "dagtilbudsloven § 85, stk. 1";
/// Behandlingsmæssigt fripladstilskud, the third in the order.
pub const TREATMENT: Article = Article::dated(
    "dagtilbudsloven § 43, stk. 1",
    &[((2015, 1, 1), OPEN, "dagtilbudsbekendtgørelsen § 2, nr. 3")],
);
/// Socialpædagogisk fripladstilskud, the fourth in the order.
pub const SOCIAL: Article = Article::dated(
    "dagtilbudsloven § 43, stk. 1",
    &[((2015, 1, 1), OPEN, "dagtilbudsbekendtgørelsen § 2, nr. 4")],
);
/// Repayment of what was received against better knowledge; since the income register also after a regulation of income.
pub const REPAYMENT: Article =
    Article::dated("dagtilbudsloven § 93", &[((2016, 1, 1), OPEN, "dagtilbudsloven §§ 93 og 93 a")]);

#[test]
fn no_article_is_cited_before_it_was_written() {
    let all = [ORDER, INCOME, RECALCULATION, TREATMENT, SOCIAL, REPAYMENT];
    assert!(all.iter().all(Article::is_sound));
}
