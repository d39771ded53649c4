//! The articles behind the rules, as traces cite them.

/// Reminders of public claims with a right of execution.
pub const DK_REMINDER: &str = "gebyrloven § 2";
/// Distraint.
pub const DK_DISTRAINT: &str = "gebyrloven § 2 a";
/// Interest of municipal claims.
pub const DK_INTEREST: &str = "gebyrloven § 3";
/// Reminders of civil claims.
pub const DK_CIVIL_REMINDER: &str = "renteloven § 9 b";
/// Limitation, its start, and its last day.
pub const DK_LIMITATION: &str = "forældelsesloven §§ 2, 3, 5 og 27";
/// Reminder, demand and plan.
pub const SE_FEES: &str = "lag (1981:739) om ersättning för inkassokostnader 2-4 §§";
/// Interest on overdue claims.
pub const SE_INTEREST: &str = "räntelagen (1975:635) 4 och 6 §§";
/// Limitation and its interruption.
pub const SE_LIMITATION: &str = "preskriptionslagen (1981:130) 2 och 5 §§";
