//! The articles behind the rules, as traces cite them. *BEK 1387* is of 12/12/2006 as amended, *BEK 1244* of 13/11/2017.

/// Residents pay for §§ 107-110.
pub const PAYMENT: &str = "serviceloven § 163";
/// The council sets the payment of § 107.
pub const STAY_107: &str = "BEK 1387 § 2";
/// One sum or by service, as a daily rate, with opt-out.
pub const SERVICES_107: &str = "BEK 1387 § 2, stk. 3";
/// Own home kept: as a rule no payment.
pub const OWN_HOME_107: &str = "BEK 1387 § 2, stk. 4";
/// A dispensation for a shorter time in special cases.
pub const DISPENSATION: &str = "BEK 1387 § 1, stk. 3";
/// No income: no charge, and an amount for personal needs.
pub const NO_INCOME_107: &str = "BEK 1387 § 3";
/// The statutory daily rate of §§ 109 and 110.
pub const STAY_109_110: &str = "BEK 1244 § 2";
/// Food and laundry, paid to the facility.
pub const SERVICES_109_110: &str = "BEK 1244 § 2, stk. 3";
/// Reduced or waived on application; waived without income.
pub const RELIEF_109_110: &str = "BEK 1244 § 5";
/// No charge before a decision on the concrete amount is communicated, and only for the future.
pub const DECISION: &str = "Ankestyrelsens principafgørelse 43-19";
/// Own payment may not exceed a comparable rented dwelling with housing benefit.
pub const COMPARABLE: &str = "Ankestyrelsens principafgørelse 97-16";
