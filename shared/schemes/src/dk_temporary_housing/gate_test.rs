//! What cannot be made: a charge without a decision, before it, or without a concrete amount; a decision without a cost
//! basis.

use super::{
    Budget, ChargeLine, ChargedMonth, CostBasis, CostFigures, Decision, Input, Paragraph, RefundResult,
    ServiceInput, ServiceKind, Settings, calculate, parameters, refund_assessment,
};
use domain::{AuthorityId, Day, Money};
use rust_decimal::Decimal;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn kroner(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn figures() -> CostFigures {
    CostFigures {
        facility: "facility-1".into(),
        valid_from: day("2023-01-01"),
        valid_to: day("2023-12-31"),
        rent: Some(kroner("300000")),
        electricity: Some(kroner("40000")),
        heat: Some(kroner("25000")),
        place_days: 3650,
        provisional: false,
        owner: "team-1".into(),
    }
}

fn budget(income: &str) -> Budget {
    let (home_costs, obligations) = (Decimal::ZERO, kroner("1000"));
    Budget { income: kroner(income), home_costs, obligations, personal_needs: kroner("2000") }
}

#[test]
fn a_line_starts_on_the_day_of_communication_and_not_the_day_before() {
    let decision = Decision::communicated(Paragraph::P107, day("2023-04-20"), Some(kroner("100"))).unwrap();
    let line = |from: &str| ChargeLine::under(&decision, day(from), day("2023-04-30"), 5, kroner("100"));
    assert!(line("2023-04-19").unwrap_err().to_string().contains("works only forward"));
    let made = line("2023-04-20").unwrap();
    assert_eq!(made.amount().to_text(), "500.00");
    assert_eq!((made.days(), made.daily_rate()), (5, kroner("100")));
    assert_eq!(made.span(), (day("2023-04-20"), day("2023-04-30")));
    assert_eq!(made.decision_communicated_on(), day("2023-04-20"));
}

#[test]
fn a_read_line_goes_through_the_same_gate_as_a_made_one() {
    let decision = Decision::communicated(Paragraph::P110, day("2023-04-20"), None).unwrap();
    let line =
        ChargeLine::under(&decision, day("2023-05-01"), day("2023-05-31"), 31, kroner("96.71")).unwrap();
    let json = serde_json::to_string(&line).unwrap();
    assert_eq!(serde_json::from_str::<ChargeLine>(&json).unwrap(), line);
    for (from, to) in [("2023-04-20", "2023-05-02"), ("2998.01", "2998.02"), (r#""days":31"#, r#""days":32"#)]
    {
        assert!(json.contains(from), "{from} in {json}");
        assert!(serde_json::from_str::<ChargeLine>(&json.replacen(from, to, 1)).is_err(), "{to}");
    }
    assert!(ChargeLine::under(&decision, day("2023-05-01"), day("2023-05-31"), 0, kroner("96.71")).is_err());
    assert!(ChargeLine::under(&decision, day("2023-05-01"), day("2023-05-31"), 31, kroner("-1")).is_err());
}

#[test]
fn section_107_without_a_concrete_amount_is_no_decision() {
    let on = day("2023-04-20");
    let error = Decision::communicated(Paragraph::P107, on, None).unwrap_err().to_string();
    assert!(error.contains("concrete amount"), "{error}");
    assert!(Decision::communicated(Paragraph::P107, on, Some(kroner("-1"))).is_err());
}

#[test]
fn a_facility_without_measured_costs_gets_a_task_and_no_decision() {
    let missing = |change: fn(&mut CostFigures)| {
        let mut figures = figures();
        change(&mut figures);
        CostBasis::of(figures).unwrap_err()
    };
    let task = missing(|f| (f.electricity, f.heat) = (None, None));
    assert_eq!(task.missing, ["electricity is not measured", "heat is not measured"]);
    assert_eq!((task.facility.as_str(), task.owner.as_str()), ("facility-1", "team-1"));
    assert_eq!(missing(|f| f.provisional = true).missing, ["the figures are provisional"]);
    assert_eq!(missing(|f| f.place_days = 0).missing, ["there are no place days"]);
    assert_eq!(missing(|f| f.valid_to = f.valid_from - chrono::TimeDelta::days(1)).missing.len(), 1);
    assert_eq!(missing(|f| f.rent = Some(Decimal::NEGATIVE_ONE)).missing.len(), 1);
}

#[test]
fn the_same_figures_give_the_same_rate_in_every_facility() {
    let other = CostFigures { facility: "facility-2".into(), ..figures() };
    let rate = CostBasis::of(figures()).unwrap().stay_daily_rate();
    assert_eq!(rate, kroner("100.00"));
    assert_eq!(CostBasis::of(other).unwrap().stay_daily_rate(), rate);
    let uneven = CostFigures { rent: Some(kroner("300018.25")), ..figures() };
    assert_eq!(CostBasis::of(uneven).unwrap().stay_daily_rate(), kroner("100.01"));
}

#[test]
fn a_calculation_holds_only_while_its_costs_do() {
    let basis = CostBasis::of(figures()).unwrap();
    let made = |on: &str| calculate(&basis, &[], budget("20000"), "template-1", "user-1", day(on));
    assert!(made("2022-12-31").is_err() && made("2024-01-01").is_err());
    assert!(made("2023-01-01").is_ok() && made("2023-12-31").is_ok());
    assert!(calculate(&basis, &[], budget("20000"), "", "user-1", day("2023-05-01")).is_err());
    assert!(calculate(&basis, &[], budget("20000"), "template-1", " ", day("2023-05-01")).is_err());
}

#[test]
fn the_way_from_calculation_to_decision_ends_with_its_communication() {
    let basis = CostBasis::of(figures()).unwrap();
    let calculation =
        calculate(&basis, &[], budget("20000"), "template-1", "user-1", day("2023-05-10")).unwrap();
    assert!(calculation.is_affordable());
    let draft = calculation.decide(AuthorityId::try_from("0101".to_owned()).unwrap());
    assert!(draft.clone().communicate(day("2023-05-09")).is_err());
    let record = draft.communicate(day("2023-05-12")).unwrap();
    assert_eq!(record.decision.communicated_on(), day("2023-05-12"));
    assert_eq!(record.authority.to_string(), "0101");
    assert_eq!(record.calculation.template, "template-1");
}

#[test]
fn a_resident_who_cannot_pay_the_rate_is_offered_what_leaves_the_personal_needs() {
    let basis = CostBasis::of(figures()).unwrap();
    let food = ServiceInput {
        service: ServiceKind::Food,
        name: "food".into(),
        daily_rate: kroner("60"),
        opted_out_days: 0,
    };
    // 6000 - 1000 - 2000 leaves 3000 a month: 96.77 a day, of which food takes 60.
    let calculation =
        calculate(&basis, std::slice::from_ref(&food), budget("6000"), "t", "u", day("2023-05-10")).unwrap();
    assert_eq!(calculation.proposed_daily_rate, kroner("36.77"));
    assert!(!calculation.is_affordable());
    let month = (calculation.proposed_daily_rate + food.daily_rate) * Decimal::from(31);
    assert!(budget("6000").affords(month) && !budget("6000").affords(month + kroner("0.31")));
    // Nothing is left after food: nothing for the stay, never less than nothing.
    let poor = calculate(&basis, &[food], budget("4000"), "t", "u", day("2023-05-10")).unwrap();
    assert_eq!(poor.proposed_daily_rate, Decimal::ZERO);
}

fn month(month: &str, communicated: Option<&str>, charged: &str) -> ChargedMonth {
    let communicated = communicated.map_or("null".to_owned(), |day| format!("\"{day}\""));
    let json = format!(
        r#"{{"month": "{month}", "paragraph": "107", "days": 30, "first_day": "{month}-01", "income": true,
            "decision_communicated_on": {communicated}, "decided_daily_rate": "100"}}"#
    );
    ChargedMonth { facts: serde_json::from_str::<Input>(&json).unwrap(), charged: kroner(charged) }
}

#[test]
fn what_was_charged_without_a_decision_is_stopped_and_listed() {
    let months = [month("2023-06", None, "3000"), month("2023-04", None, "3000")];
    let found = refund_assessment(&months, &parameters().unwrap(), &Settings::default()).unwrap();
    assert!(found.stop);
    assert_eq!(found.to_examine.to_text(), "6000.00");
    assert_eq!(found.lines.iter().map(|l| l.month.to_string()).collect::<Vec<_>>(), ["2023-04", "2023-06"]);
    assert_eq!(found.result, RefundResult::Open);
    assert!(found.clone().refund(Money::dkk(6001), "no decision").is_err());
    assert!(found.clone().refund(Money::dkk(0), "no decision").is_err());
    assert!(found.clone().refund(Money::dkk(6000), " ").is_err());
    assert!(found.clone().no_refund("").is_err());
    let ended = found.clone().refund(Money::dkk(6000), "no decision was communicated").unwrap();
    assert!(ended.no_refund("again").is_err());
    assert!(found.no_refund("the resident had agreed in writing").is_ok());
}

#[test]
fn a_decision_in_the_month_covers_the_days_from_its_communication() {
    let months = [month("2023-04", None, "3000"), month("2023-06", Some("2023-06-21"), "3000")];
    let found = refund_assessment(&months, &parameters().unwrap(), &Settings::default()).unwrap();
    assert!(!found.stop);
    let examined: Vec<[String; 2]> =
        found.lines.iter().map(|l| [l.covered.to_text(), l.to_examine.to_text()]).collect();
    assert_eq!(examined, [["0.00", "3000.00"], ["1000.00", "2000.00"]]);
}

#[test]
fn what_a_decision_covers_is_not_examined() {
    let months = [month("2023-06", Some("2023-05-01"), "3000")];
    let found = refund_assessment(&months, &parameters().unwrap(), &Settings::default()).unwrap();
    assert_eq!((found.stop, &found.result, found.lines.len()), (false, &RefundResult::NothingToExamine, 0));
    assert!(found.no_refund("nothing").is_err());
    let twice = [month("2023-06", None, "1"), month("2023-06", None, "1")];
    assert!(refund_assessment(&twice, &parameters().unwrap(), &Settings::default()).is_err());
}
