//! The articles that letters and traces name, dated. *Gældsinddrivelsesbekendtgørelsen* § 11 is that of BEK 1110 of 25/10/2024; of
//! its forerunner only § 10, stk. 1-2, the table and the method, was found.

use crate::article::{Article, OPEN};

/// A plan of instalments. The whole date of BEK 309 was not found.
pub(super) const PLAN: Article = Article::dated(
    "aktivloven kap. 12",
    &[
        (
            (2017, 1, 1),
            (2019, 12, 26),
            "BEK 309 af 2016 (opkrævning af tilbagebetalingskrav); aktivloven kap. 12",
        ),
        (
            (2021, 1, 1),
            (2023, 5, 23),
            "BEK 1617 af 27/12/2019 (opkrævning af tilbagebetalingskrav); aktivloven kap. 12",
        ),
        (
            (2024, 1, 1),
            OPEN,
            "BEK 585 af 24/05/2023 (opkrævning af tilbagebetalingskrav); aktivloven kap. 12",
        ),
    ],
);
/// Deferral, in the parallel order: the wording of BEK 585 was not found, nor that of its forerunners.
pub(super) const DEFERRAL: Article = Article::dated(
    "aktivloven kap. 12",
    &[
        ((2018, 1, 1), (2024, 12, 31), "BEK 978 af 2017 § 6 (parallel order)"),
        ((2025, 1, 1), OPEN, "BEK 585 af 24/05/2023 § 4"),
    ],
);
/// The same, as a letter names it.
pub(super) const DEFERRAL_IN_LETTERS: Article =
    Article::dated("aktivloven kap. 12", &[((2024, 1, 1), OPEN, "BEK 585 af 24/05/2023 § 4")]);
/// The fixed instalment, as a letter names it: the figures are those of the parallel order, which was repealed on 1 January
/// 2025.
pub(super) const FIXED_IN_LETTERS: Article = Article::dated(
    "aktivloven kap. 12",
    &[((2018, 1, 1), (2024, 12, 31), "BEK 978 af 2017 § 5, stk. 2-3, som anvendes tilsvarende")],
);
/// What counts as net income.
pub(super) const INCOME: Article = Article::dated(
    "gældsinddrivelsesloven",
    &[((2025, 1, 1), OPEN, "gældsinddrivelsesbekendtgørelsen § 11, stk. 1 og 4")],
);
/// Of two months the lower one counts.
pub(super) const LOWER_MONTH: Article = Article::dated(
    "gældsinddrivelsesloven",
    &[
        ((2019, 1, 1), (2024, 12, 31), "gældsinddrivelsesloven; SKM2018.169.LSR, SKM2018.171.LSR"),
        (
            (2025, 1, 1),
            OPEN,
            "gældsinddrivelsesbekendtgørelsen (BEK 1110 af 25/10/2024) § 11; SKM2018.169.LSR, SKM2018.171.LSR",
        ),
    ],
);
/// The yearly capacity and the month's.
pub(super) const CAPACITY: Article = Article::dated(
    "gældsinddrivelsesbekendtgørelsen § 10, stk. 1-2",
    &[((2025, 1, 1), OPEN, "gældsinddrivelsesbekendtgørelsen (BEK 1110 af 25/10/2024) § 11, stk. 2")],
);
/// Notice before a plan and before a raise.
pub(super) const NOTICE: Article = Article::dated(
    "gældsinddrivelsesloven",
    &[((2025, 1, 1), OPEN, "gældsinddrivelsesbekendtgørelsen § 11, stk. 9-10")],
);
/// Who is a provider.
pub(super) const PROVIDER: Article = Article::dated(
    "gældsinddrivelsesloven",
    &[((2025, 1, 1), OPEN, "gældsinddrivelsesbekendtgørelsen § 11, stk. 8")],
);
/// A plan that is kept stops neither set-off nor attachment.
pub(super) const SET_OFF: Article = Article::dated(
    "gældsinddrivelsesloven",
    &[((2025, 1, 1), OPEN, "gældsinddrivelsesbekendtgørelsen § 11, stk. 12")],
);
/// No assessment of one debtor's means beside the table.
pub(super) const TABLE_ONLY: Article =
    Article::dated("aktivloven kap. 12", &[((2015, 1, 1), OPEN, "principafgørelse 30-14")]);
/// Lapse without economic possibility.
pub(super) const LAPSE: &str = "aktivloven § 95, stk. 2";
/// The fee of a reminder.
pub(super) const REMINDER_FEE: &str = "gebyrloven § 2";
/// Transfer to recovery.
pub(super) const TRANSFER: &str = "gældsinddrivelsesloven § 2, stk. 3-4";

#[test]
fn no_article_is_cited_before_it_was_written() {
    let all = [PLAN, DEFERRAL, DEFERRAL_IN_LETTERS, FIXED_IN_LETTERS, INCOME, LOWER_MONTH, CAPACITY];
    assert!(all.iter().chain(&[NOTICE, PROVIDER, SET_OFF, TABLE_ONLY]).all(Article::is_sound));
}
