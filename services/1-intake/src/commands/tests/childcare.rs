//! Orders about a Swedish household, good and bad.

use super::*;
use domain::Personnummer;
use messages::ChildcareOrder;

const OPEN: &str = r#"{"id":"o-1","case":"FSK-1","authority":"0199","issued_on":"2024-03-01","issued_by":"barnomsorg","order":{"childcare":{"open_childcare":{"custodian":"198501610002"}}}}"#;
const START: &str = r#"{"id":"o-2","case":"FSK-1","authority":"0199","issued_on":"2024-03-01","issued_by":"barnomsorg","order":{"childcare":{"start_childcare":{"place":"P-1","child":"202105630001","first_day":"2024-03-01","terms":{"care":"preschool","weekly_hours":"30.5"}}}}}"#;
const INCOME: &str = r#"{"id":"o-3","case":"FSK-1","authority":"0199","issued_on":"2024-03-01","issued_by":"barnomsorg","order":{"childcare":{"declare_income":{"declared_on":"2024-03-01","monthly_income":{"amount":"30000.00","currency":"SEK"}}}}}"#;

/// The order with numbers whose check digits are right.
fn right(json: &str) -> String {
    let number = |born: &str| Personnummer::coordination(born.parse().unwrap(), 0).unwrap();
    json.replace("198501610002", number("1985-01-01").reveal_digits())
        .replace("202105630001", number("2021-05-03").reveal_digits())
}

#[test]
fn a_swedish_household_is_named_by_keys_and_twelve_digits() {
    let command = parse(&secret(), right(OPEN).as_bytes()).unwrap();
    let CaseOrder::Childcare(ChildcareOrder::OpenChildcare { custodian }) = command.order else { panic!() };
    let number = Personnummer::coordination("1985-01-01".parse().unwrap(), 0).unwrap();
    assert_eq!(custodian.person, secret().swedish_person_key(&number));
    assert_eq!(custodian.cpr, number.into());
    parse(&secret(), right(START).as_bytes()).unwrap();
    parse(&secret(), INCOME.as_bytes()).unwrap();
}

#[test]
fn a_number_of_the_other_country_is_refused_in_either_direction() {
    for number in ["2105440645", "198501010000", "19850161-0002", "198513610002"] {
        let json = OPEN.replace("198501610002", number);
        let faults = parse(&secret(), json.as_bytes()).unwrap_err();
        assert_eq!(faults[0].pointer, "/order/childcare/open_childcare/custodian");
        assert!(faults[0].detail.contains("Swedish personal number"), "{}", faults[0].detail);
        assert!(!faults[0].detail.contains(number));
    }
    let danish = super::OPEN.replace("\"payer\":\"2105440645\"", "\"payer\":\"198501610002\"");
    assert_eq!(pointers(&right(&danish)), ["/order/open_case/payer"]);
}

#[test]
fn every_fault_of_meaning_is_told_at_once() {
    let bad = right(START)
        .replace("\"id\":\"o-2\"", "\"id\":\"19640823-3234\"")
        .replace("\"first_day\":\"2024-03-01\"", "\"first_day\":\"2021-02-28\"")
        .replace("\"30.5\"", "\"168.5\"");
    let expected = [
        "/id",
        "/order/childcare/start_childcare/first_day",
        "/order/childcare/start_childcare/first_day",
        "/order/childcare/start_childcare/terms/weekly_hours",
    ];
    assert_eq!(pointers(&bad), expected);
    let bad = INCOME
        .replace("\"declared_on\":\"2024-03-01\"", "\"declared_on\":\"2024-03-02\"")
        .replace("\"30000.00\",\"currency\":\"SEK\"", "\"-1.00\",\"currency\":\"DKK\"");
    let income = "/order/childcare/declare_income/monthly_income";
    assert_eq!(pointers(&bad), ["/order/childcare/declare_income/declared_on", income, income]);
}

#[test]
fn an_income_year_is_over_and_has_maxtaxa() {
    let order = |year: i32| {
        let tax = format!(
            r#"{{"state_tax":{{"year":{year},"yearly_income":{{"amount":"1.00","currency":"SEK"}}}}}}"#
        );
        let (before, _) = INCOME.split_once("{\"declare_income").unwrap();
        format!("{before}{tax}}}}}")
    };
    for (year, good) in [(2001, false), (2002, true), (2023, true), (2024, false)] {
        assert_eq!(parse(&secret(), order(year).as_bytes()).is_ok(), good, "{year}");
    }
}

#[test]
fn what_may_lower_a_fee_is_taken_ten_years_back_and_a_new_place_three() {
    let with = |order: &str| {
        let (before, _) = INCOME.split_once("{\"declare_income").unwrap();
        format!("{before}{order}}}}}")
    };
    let income = r#"{"amount":"1.00","currency":"SEK"}"#;
    let terms = r#"{"care":"preschool"}"#;
    let orders = [
        ("declare_income/declared_on", format!(r#""monthly_income":{income}"#)),
        ("set_childcare_household/from", format!(r#""monthly_income":{income}"#)),
        ("change_childcare/from", format!(r#""place":"P-1","terms":{terms}"#)),
        ("give_notice/given_on", r#""place":"P-1""#.to_owned()),
        ("move_away/moved_on", r#""place":"P-1""#.to_owned()),
    ];
    for (at, rest) in orders {
        let (kind, field) = at.split_once('/').unwrap();
        let on = |day: &str| with(&format!(r#"{{"{kind}":{{"{field}":"{day}",{rest}}}}}"#));
        parse(&secret(), on("2014-03-01").as_bytes()).unwrap();
        let faults = parse(&secret(), on("2014-02-28").as_bytes()).unwrap_err();
        assert_eq!(faults[0].pointer, format!("/order/childcare/{at}"));
        assert!(faults[0].detail.contains("more than ten years"), "{}", faults[0].detail);
    }
    let starts =
        |day: &str| right(START).replace("\"first_day\":\"2024-03-01\"", &format!("\"first_day\":\"{day}\""));
    let child = Personnummer::coordination("2021-05-03".parse().unwrap(), 0).unwrap();
    let older = Personnummer::coordination("2020-05-03".parse().unwrap(), 0).unwrap();
    let starts = |day: &str| starts(day).replace(child.reveal_digits(), older.reveal_digits());
    parse(&secret(), starts("2021-03-01").as_bytes()).unwrap();
    let faults = parse(&secret(), starts("2021-02-28").as_bytes()).unwrap_err();
    assert!(faults[0].detail.contains("more than three years"), "{}", faults[0].detail);
}
