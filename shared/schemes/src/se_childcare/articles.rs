//! The articles behind the rules, as traces cite them.

/// The highest fee: percent of the income by form of care and order of the children.
pub const HIGHEST_FEE: &str = "förordning (2001:160) 3 §";
/// The cap of the income and how it is indexed.
pub const CAP: &str = "förordning (2001:160) 5 §";
/// *Allmän förskola*: 525 hours a year free from the autumn of the year the child turns three.
pub const REDUCTION: &str = "skollagen (2010:800) 8 kap. 16 §; the municipality's tariff";
/// Missing income: the municipality's tariff takes the highest fee.
pub const NO_DECLARATION: &str = "the municipality's tariff: no declared income, the highest fee";
/// Charging by the day at start, change and end of a place.
pub const BY_THE_DAY: &str = "the municipality's tariff (setting part_of_month)";
/// The yearly check of declared incomes.
pub const YEARLY_CHECK: &str = "the municipality's yearly income check (avgiftskontroll)";
/// How far back a fee is corrected.
pub const LIMITATION: &str = "preskriptionslagen (1981:130) 2 §";
/// The fee runs through the notice; a move to another municipality ends it at once.
pub const NOTICE: &str = "the municipality's tariff (setting notice_months)";
/// Hearing the custodian before months that are over are raised. Förvaltningslagen (2017:900) 25 § is the model; see
/// [`DECISION`] on why it is not the ground.
pub const HEARING: &str = "kommunicering, as in förvaltningslagen (2017:900) 25 §";
/// From when a declared income counts: never back.
pub const DECLARATION: &str = "the municipality's tariff (setting declaration_effect)";
/// Nothing is charged beyond what a communicated decision states. The house's own rule (R54): förvaltningslagen (2017:900) 33 §
/// is on making a decision known, but that law leaves out what is reviewed under the local government act, as a fee for
/// childcare has been (RÅ 1997 ref. 45), so it is not given as the ground.
pub const DECISION: &str = "the municipality's decision, as it has been made known to the custodian";
