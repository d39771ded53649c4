//! The articles behind the rules, as traces and letters cite them. *BEK* is dagtilbudsbekendtgørelsen (BEK 2058 of
//! 15/11/2021 and its forerunners).

/// The council sets the parents' payment from the budgets.
pub const RATE: &str = "dagtilbudsloven § 31, stk. 2, og § 32";
/// The order of the subsidies.
pub const ORDER: &str = "dagtilbudsbekendtgørelsen § 2";
/// Økonomisk fripladstilskud.
pub const ECONOMIC: &str = "dagtilbudsloven § 43, stk. 1, nr. 2";
/// What counts as income.
pub const INCOME: &str = "dagtilbudsbekendtgørelsen § 28";
/// The recalculation of a month from the income register.
pub const RECALCULATION: &str = "dagtilbudsbekendtgørelsen § 33, stk. 1";
/// Søskendetilskud.
pub const SIBLING: &str = "dagtilbudsloven § 85, stk. 1";
/// Behandlingsmæssigt fripladstilskud, the third in the order.
pub const TREATMENT: &str = "dagtilbudsbekendtgørelsen § 2, nr. 3";
/// Socialpædagogisk fripladstilskud, the fourth in the order.
pub const SOCIAL: &str = "dagtilbudsbekendtgørelsen § 2, nr. 4";
/// Repayment of what was received against better knowledge or after a regulation of income.
pub const REPAYMENT: &str = "dagtilbudsloven §§ 93 og 93 a";
