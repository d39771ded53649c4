//! The articles that traces name, dated: those of the 1 January of the charge year.

use crate::article::{Article, OPEN};

/// The duty to pay.
pub(super) const DUTY: Article =
    Article::dated("serviceloven § 159", &[((2024, 1, 1), OPEN, "barnets lov § 187")]);
/// The continued placement is free.
pub(super) const CONTINUED: Article =
    Article::dated("serviceloven § 159", &[((2024, 1, 1), OPEN, "barnets lov § 187, stk. 2, jf. § 67")]);
/// The municipality may exempt wholly or partly. The section in the orders after BEK 712 was not found.
pub(super) const EXEMPTION: Article = Article::dated(
    "serviceloven § 159",
    &[
        ((2014, 1, 1), (2018, 12, 31), "BEK 712 af 19/06/2013 §§ 6-7"),
        ((2020, 1, 1), (2023, 12, 31), "serviceloven § 159; BEK 535 af 02/05/2019"),
        ((2024, 1, 1), (2024, 12, 31), "barnets lov § 187"),
        ((2025, 1, 1), OPEN, "barnets lov § 187; BEK 95 af 29/01/2024"),
    ],
);
/// Which parents pay.
pub(super) const WHO_PAYS: Article = Article::dated(
    "serviceloven § 159",
    &[
        ((2020, 1, 1), (2023, 12, 31), "BEK 535 af 02/05/2019 § 5"),
        ((2024, 1, 1), (2024, 12, 31), "barnets lov § 187"),
        ((2025, 1, 1), OPEN, "BEK 95 af 29/01/2024 § 4"),
    ],
);

#[test]
fn no_article_is_cited_before_it_was_written() {
    assert!([DUTY, CONTINUED, EXEMPTION, WHO_PAYS].iter().all(Article::is_sound));
}
