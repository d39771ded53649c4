//! The articles that the letters and the months of a plan name.

/// A plan of instalments, or deferral.
pub(super) const PLAN: &str =
    "BEK 585 af 24/05/2023 (opkrævning af tilbagebetalingskrav); aktivloven kap. 12";
/// Deferral, in the parallel order: the wording of BEK 585 was not found.
pub(super) const DEFERRAL: &str = "BEK 978 af 2017 § 6 (parallel order)";
/// The same, as a letter names it.
pub(super) const DEFERRAL_IN_LETTERS: &str = "BEK 585 af 24/05/2023 § 4";
/// The fixed instalment, as a letter names it: the figures are those of the parallel order.
pub(super) const FIXED_IN_LETTERS: &str = "BEK 978 af 2017 § 5, stk. 2-3, som anvendes tilsvarende";
/// What counts as net income.
pub(super) const INCOME: &str = "gældsinddrivelsesbekendtgørelsen § 11, stk. 1 og 4";
/// The yearly capacity and the month's.
pub(super) const CAPACITY: &str = "gældsinddrivelsesbekendtgørelsen (BEK 1110 af 25/10/2024) § 11, stk. 2";
/// Notice before a plan and before a raise.
pub(super) const NOTICE: &str = "gældsinddrivelsesbekendtgørelsen § 11, stk. 9-10";
/// Who is a provider.
pub(super) const PROVIDER: &str = "gældsinddrivelsesbekendtgørelsen § 11, stk. 8";
/// A plan that is kept stops neither set-off nor attachment.
pub(super) const SET_OFF: &str = "gældsinddrivelsesbekendtgørelsen § 11, stk. 12";
/// No assessment of one debtor's means beside the table.
pub(super) const TABLE_ONLY: &str = "principafgørelse 30-14";
/// Lapse without economic possibility.
pub(super) const LAPSE: &str = "aktivloven § 95, stk. 2";
/// The fee of a reminder.
pub(super) const REMINDER_FEE: &str = "gebyrloven § 2";
/// Transfer to recovery.
pub(super) const TRANSFER: &str = "gældsinddrivelsesloven § 2, stk. 3-4";
