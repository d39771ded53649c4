//! When a new notice (*varsel*) must go out before an instalment holds.

use super::Assessment;

/// Whether a plan needs a notice: the first one, a raise (BEK 1110 af 25/10/2024 § 11, stk. 10), and claims that are
/// added with another percentage or instalment (stk. 9). A lower instalment for the same claims needs none.
pub fn notice_needed(before: Option<&Assessment>, after: &Assessment, claims_added: bool) -> bool {
    let Some(before) = before else { return true };
    let raised = after.monthly_instalment.amount() > before.monthly_instalment.amount();
    let changed = after.percent != before.percent || after.monthly_instalment != before.monthly_instalment;
    raised || (claims_added && changed)
}

#[cfg(test)]
mod tests {
    use super::super::{Input, Settings, assess, parameters};
    use super::*;

    fn plan(net: &str) -> Assessment {
        let json = format!(r#"{{"on": "2026-02-01", "net_yearly_income": "{net}", "provider": false}}"#);
        let input: Input = serde_json::from_str(&json).unwrap();
        assess(&input, &parameters().unwrap(), &Settings::default()).unwrap()
    }

    #[test]
    fn a_first_plan_and_a_raise_need_a_notice_and_a_lower_instalment_does_not() {
        let (low, high) = (plan("200000"), plan("250000"));
        assert!(notice_needed(None, &low, false));
        assert!(notice_needed(Some(&low), &high, false));
        assert!(!notice_needed(Some(&high), &low, false));
        assert!(!notice_needed(Some(&low), &low, false));
    }

    #[test]
    fn added_claims_need_a_notice_only_with_another_percentage_or_instalment() {
        let (low, high) = (plan("200000"), plan("250000"));
        assert!(!notice_needed(Some(&low), &low, true));
        assert!(notice_needed(Some(&high), &low, true));
        // 8 percent of 196.700 and 9 percent of 197.000 differ in the percentage and the instalment; a higher income in
        // the same band may differ in neither.
        assert!(!notice_needed(Some(&plan("250000")), &plan("250001"), true));
    }
}
