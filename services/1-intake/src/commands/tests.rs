//! Commands, good and bad.

mod childcare;

use super::*;
use crate::Item;
use domain::{Cpr, Day, PersonSecret};
use messages::CaseOrder;
use proptest::prelude::*;

const OPEN: &str = r#"{"id":"o-1","case":"DAY-1","authority":"0101","issued_on":"2023-01-02","issued_by":"pladsanvisning","order":{"open_case":{"scheme":"dk-daycare","billing":"monthly","payer":"2105440645","from":"2023-01-01","adults":["2105440645","2105440637"],"children":["6101150001"],"single_provider":false}}}"#;
const PLACE: &str = r#"{"id":"o-2","case":"DAY-1","authority":"0101","issued_on":"2023-01-02","issued_by":"pladsanvisning","order":{"place_child":{"place":"P-1","child":"6101150001","from":"2023-01-01","to":"2023-12-31","terms":{"kind":"nursery","monthly_rate":{"amount":"4000.00","currency":"DKK"},"gross_cost":{"amount":"16000.00","currency":"DKK"},"social_percent":"50"}}}}"#;

fn secret() -> PersonSecret {
    PersonSecret::new(*b"a secret for the tests").unwrap()
}

/// After every order below.
fn today() -> Day {
    "2024-03-02".parse().unwrap()
}

/// Of a command that came after every order below.
fn parse(secret: &PersonSecret, json: &[u8]) -> Result<messages::CaseCommand, Vec<CommandFault>> {
    super::parse(secret, today(), json)
}

fn pointers(json: &str) -> Vec<String> {
    parse(&secret(), json.as_bytes()).unwrap_err().into_iter().map(|fault| fault.pointer).collect()
}

#[test]
fn a_good_command_names_its_persons_by_key_and_number() {
    let command = parse(&secret(), OPEN.as_bytes()).unwrap();
    let CaseOrder::OpenCase { payer, adults, .. } = command.order else { panic!("{command:?}") };
    let cpr = Cpr::parse("2105440645").unwrap();
    assert_eq!((payer.person.clone(), payer.cpr.clone()), (secret().person_key(&cpr), cpr.into()));
    assert_eq!(adults[0], payer);
    parse(&secret(), PLACE.as_bytes()).unwrap();
}

#[test]
fn every_fault_of_form_has_its_pointer() {
    for (from, to, pointer) in [
        ("\"id\":\"o-1\",", "", "/id"),
        ("\"id\":\"o-1\",", "\"id\":\"o-1\",\"id\":\"o-2\",", "/id"),
        ("\"id\":\"o-1\",", "\"id\":7,", "/id"),
        ("\"case\":\"DAY-1\"", "\"case\":\"no blanks\"", "/case"),
        ("\"0101\"", "\"101\"", "/authority"),
        ("2023-01-02", "2023-02-30", "/issued_on"),
        ("dk-daycare", "dk-daycar", "/order/open_case/scheme"),
        ("\"2105440637\"", "\"9905440637\"", "/order/open_case/adults/1"),
        ("\"2105440637\"", "\"210544-0637\"", "/order/open_case/adults/1"),
        (
            "\"from\":\"2023-01-01\",",
            "\"from\":\"2023-01-01\",\"from\":\"2023-01-01\",",
            "/order/open_case/from",
        ),
        ("\"single_provider\":false", "\"single_provider\":\"no\"", "/order/open_case/single_provider"),
    ] {
        let json = OPEN.replace(from, to);
        assert_ne!(json, OPEN);
        assert_eq!(pointers(&json), [pointer], "{to}");
    }
}

#[test]
fn unknown_fields_are_refused_at_every_level() {
    let outer = OPEN.replace("\"id\":", "\"note\":\"x\",\"id\":");
    let order = OPEN.replace("\"scheme\":", "\"note\":\"x\",\"scheme\":");
    let terms = PLACE.replace("\"kind\":", "\"note\":\"x\",\"kind\":");
    let money = PLACE.replace("\"amount\":\"4000.00\"", "\"note\":\"x\",\"amount\":\"4000.00\"");
    for json in [outer, order, terms, money] {
        let faults = parse(&secret(), json.as_bytes()).unwrap_err();
        assert!(faults[0].detail.contains("unknown field"), "{faults:?}");
    }
}

#[test]
fn money_is_never_a_number() {
    let json = PLACE.replace("\"4000.00\"", "4000.00");
    assert_eq!(pointers(&json), ["/order/place_child/terms/monthly_rate/amount"]);
    assert_eq!(
        pointers(&PLACE.replace("4000.00", "4000.001")),
        ["/order/place_child/terms/monthly_rate/amount"]
    );
}

#[test]
fn all_faults_of_meaning_are_told_at_once() {
    let json = PLACE
        .replace("o-2", "")
        .replace("2023-12-31", "2022-12-31")
        .replace("4000.00", "-1.00")
        .replace("\"50\"", "\"100.1\"");
    let terms = "/order/place_child/terms";
    let want = [
        "/id",
        "/order/place_child/to",
        &format!("{terms}/monthly_rate"),
        &format!("{terms}/social_percent"),
    ];
    assert_eq!(pointers(&json), want);
    let household = OPEN.replace("[\"2105440645\",\"2105440637\"]", "[\"2105440637\",\"6101150001\"]");
    assert_eq!(pointers(&household), ["/order/open_case/adults", "/order/open_case/children"]);
    assert_eq!(pointers(&OPEN.replace("o-1", &"x".repeat(101))), ["/id"]);
    assert_eq!(pointers(&OPEN.replace("pladsanvisning", "2105440645")), ["/issued_by"]);
    assert_eq!(pointers(&OPEN.replace("pladsanvisning", "210544-0645")), ["/issued_by"]);
    assert_eq!(pointers(&OPEN.replace("DAY-1", "210544-0645")), ["/case"]);
}

#[test]
fn a_slip_of_the_year_is_told() {
    let from = "\"from\":\"2023-01-01\"";
    let place = PLACE.replace("6101150001", "6101154001");
    for (slip, faults) in [("2014-11-30", 2), ("2019-12-31", 1)] {
        let told = pointers(&place.replace(from, &format!("\"from\":\"{slip}\"")));
        assert_eq!(told, vec!["/order/place_child/from"; faults], "{slip}");
    }
    parse(&secret(), PLACE.replace(from, "\"from\":\"2020-01-02\"").as_bytes()).unwrap();
    let apply = OPEN.split("\"order\"").next().unwrap().to_owned()
        + r#""order":{"apply_subsidy":{"applied_on":"2024-01-02","self_employed":false,"yearly_income":{"amount":"1.00","currency":"DKK"}}}}"#;
    assert_eq!(pointers(&apply), ["/order/apply_subsidy/applied_on"]);
}

#[test]
fn a_tax_assessment_is_of_a_year_that_is_over_and_of_an_income_that_can_be() {
    let base = OPEN.split("\"order\"").next().unwrap().to_owned();
    let states = |year: i32, income: &str, since: &str| {
        format!(
            r#"{base}"order":{{"state_yearly_income":{{"year":{year},"adult":"2105440637","income":{{"amount":"{income}","currency":"DKK"}},"knowingly_since":{since}}}}}}}"#
        )
    };
    let at = |field: &str| format!("/order/state_yearly_income/{field}");
    parse(&secret(), states(2015, "-1000.00", "\"2015-03-01\"").as_bytes()).unwrap();
    for (json, faults) in [
        (states(2023, "1.00", "null"), vec![at("year")]),
        (states(2012, "1.00", "null"), vec![at("year")]),
        (states(2022, "-100000000.01", "null"), vec![at("income")]),
        (states(2022, "1.00", "\"2022-03-01\""), vec![at("knowingly_since")]),
        (states(2015, "1.00", "\"2014-03-01\""), vec![at("knowingly_since")]),
    ] {
        assert_eq!(pointers(&json), faults, "{json}");
    }
    let postpone = |year: i32| {
        format!(
            r#"{base}"order":{{"postpone_year":{{"year":{year},"reason":"tax_assessment_not_issued"}}}}}}"#
        )
    };
    parse(&secret(), postpone(2022).as_bytes()).unwrap();
    assert_eq!(pointers(&postpone(2023)), ["/order/postpone_year/year"]);
}

#[test]
fn what_is_not_utf8_is_called_so_and_a_byte_order_mark_is_passed_over() {
    parse(&secret(), format!("\u{feff}{OPEN}").as_bytes()).unwrap();
    let latin = [OPEN.replace("pladsanvisning", "bopl").as_bytes(), b"\xe6"].concat();
    assert!(parse(&secret(), &latin).unwrap_err()[0].detail.contains("not UTF-8"));
}

#[test]
fn deep_nesting_long_lines_and_second_values_are_refused() {
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(10_000));
    let order = OPEN.replace("\"open_case\":{", &format!("\"open_case\":{{\"x\":{},", "[".repeat(300)));
    for json in
        [deep, order, format!("{OPEN} {OPEN}"), format!("{OPEN}{}", " ".repeat(70_000)), String::new()]
    {
        assert_eq!(parse(&secret(), json.as_bytes()).unwrap_err().len(), 1);
    }
}

#[test]
fn what_is_quoted_is_never_repeated() {
    let keys = OPEN.replace("\"scheme\":", "\"2105440645\":\"Hansen\",\"scheme\":");
    let words = OPEN.replace("dk-daycare", "Hansen 2105440645");
    let types = OPEN.replace("false", "\"Hansen 2105440645\"");
    let variants = OPEN.replace("open_case", "Hansen");
    for json in [keys, words, types, variants] {
        for fault in parse(&secret(), json.as_bytes()).unwrap_err() {
            assert!(!format!("{fault:?}").contains("Hansen"), "{fault:?}");
            assert!(!format!("{fault:?}").contains("21054"), "{fault:?}");
        }
    }
}

#[test]
fn a_bad_line_is_refused_and_the_next_one_read() {
    let secret = secret();
    let text = format!("{OPEN}\nnot json\n\n{}\n{PLACE}", "x".repeat(70_000));
    let mut reader = Reader::new(&secret, today(), text.as_bytes());
    let items: Vec<Item> = std::iter::from_fn(|| reader.next_item().unwrap()).collect();
    let [Item::Command(1, _), Item::Refused(bad), Item::Remark(_), Item::Refused(long), Item::Command(5, _)] =
        &items[..]
    else {
        panic!("{items:?}")
    };
    assert_eq!((bad.line, bad.code, long.line, long.code), (2, "bad_command", 4, "line_too_long"));
}

proptest! {
    #[test]
    fn changed_bytes_never_panic_nor_echo_a_number(changes in proptest::collection::vec((0..OPEN.len(), any::<u8>()), 0..4)) {
        let mut bytes = OPEN.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        for fault in parse(&secret(), &bytes).err().into_iter().flatten() {
            let text = format!("{} {}", fault.pointer, fault.detail);
            prop_assert!(text.split(|c: char| !c.is_ascii_digit()).all(|row| row.len() < 10), "{}", text);
        }
    }
}

#[test]
fn only_what_is_charged_can_be_exempted() {
    let exempt = |charge_type: &str| {
        format!(
            r#"{{"id":"o-3","case":"DAY-1","authority":"0101","issued_on":"2023-01-02","issued_by":"b","order":{{"exempt":{{"charge_type":"{charge_type}","period":"2023-03","reason":"closed"}}}}}}"#
        )
    };
    parse(&secret(), exempt("dk-daycare/parental-payment").as_bytes()).unwrap();
    assert_eq!(pointers(&exempt("dk-daycare/parental-paymnet")), ["/order/exempt/charge_type"]);
}

const CLAIM: &str = r#"{"id":"k-1","case":"KTH-1","authority":"0101","issued_on":"2023-10-02","issued_by":"ydelsessystem","order":{"repayment":{"register_claim":{"claim":"K-1","ground":"91","month":"2023-03","principal":{"amount":"9120.00","currency":"DKK"},"help_ended_on":"2023-05-31","learned_on":"2023-06-20","could_pay_on":"2023-07-01","demanded_by":"2023-08-01"}}}}"#;
const FOUND: &str = r#"{"id":"k-2","case":"KTH-1","authority":"0101","issued_on":"2023-10-02","issued_by":"opkraevning","order":{"repayment":{"set_circumstances":{"from":"2023-10-02","circumstances":{"provider":false,"income":{"latest_months":[{"month":"2023-09","net":{"amount":"13200.00","currency":"DKK"}},{"month":"2023-08","net":{"amount":"13050.50","currency":"DKK"}}]},"source":"income_register","fetched_on":"2023-10-02","authorisation":"aftale-1"}}}}}"#;

#[test]
fn every_fault_of_an_order_about_a_debtor_is_told_at_once() {
    for good in [CLAIM, FOUND] {
        parse(&secret(), good.as_bytes()).unwrap();
    }
    let all = CLAIM
        .replace("9120.00", "0.00")
        .replace("\"month\":\"2023-03\"", "\"month\":\"2023-06\"")
        .replace("2023-06-20", "2023-10-03")
        .replace("2023-08-01", "2203-08-01");
    let at = |names: &[&str]| -> Vec<String> {
        names.iter().map(|name| format!("/order/repayment/register_claim/{name}")).collect()
    };
    // The last one is a slip of the keyboard, and has not come.
    assert_eq!(pointers(&all), at(&["principal", "month", "learned_on", "demanded_by", "demanded_by"]));
    let base = "/order/repayment/set_circumstances/circumstances";
    for (from, to, pointer) in [
        (",\"authorisation\":\"aftale-1\"", "", "/authorisation"),
        ("\"fetched_on\":\"2023-10-02\"", "\"fetched_on\":\"2023-10-03\"", "/fetched_on"),
        ("\"month\":\"2023-08\"", "\"month\":\"2023-07\"", "/income/latest_months/1/month"),
        ("13050.50", "-1.00", "/income/latest_months/1/net"),
    ] {
        assert_eq!(pointers(&FOUND.replace(from, to)), [format!("{base}{pointer}")], "{to}");
    }
    let long_ago = FOUND.replace("2023-09", "2023-06").replace("2023-08", "2023-05");
    assert_eq!(pointers(&long_ago), [format!("{base}/income/latest_months/0/month")]);
    let months = FOUND.find("{\"latest_months\"").unwrap()..FOUND.find(",\"source\"").unwrap();
    for (year, told) in [(2022, 0), (2021, 0), (2020, 1), (2023, 1)] {
        let net = r#"{"amount":"160000.00","currency":"DKK"}"#;
        let income = format!(r#"{{"tax_year":{{"year":{year},"net":{net}}}}}"#);
        let order = FOUND.replace(&FOUND[months.clone()], &income);
        let faults = parse(&secret(), order.as_bytes()).err().unwrap_or_default();
        assert_eq!(faults.len(), told, "{year}");
    }
}

#[test]
fn missed_instalments_go_with_a_transfer_and_with_nothing_else() {
    let order = |by: &str| {
        format!(
            r#"{{"id":"k-4","case":"KTH-1","authority":"0101","issued_on":"2023-10-20","issued_by":"opkraevning","order":{{"repayment":{{"settle_claim":{{"claim":"K-1","on":"2023-10-20","amount":{{"amount":"500.00","currency":"DKK"}},"by":"{by}","instalments":["2023-08"]}}}}}}}}"#
        )
    };
    parse(&secret(), order("transferred").as_bytes()).unwrap();
    assert_eq!(pointers(&order("set_off")), ["/order/repayment/settle_claim/instalments"]);
}

#[test]
fn a_payment_is_missed_only_once_its_day_has_passed_and_paid_only_when_it_has() {
    let order = |order: &str| {
        format!(
            r#"{{"id":"k-3","case":"KTH-1","authority":"0101","issued_on":"2023-10-20","issued_by":"debitor","order":{{"repayment":{order}}}}}"#
        )
    };
    let missed =
        |due_on: &str| order(&format!(r#"{{"payment_missed":{{"period":"2023-10","due_on":"{due_on}"}}}}"#));
    let made =
        |paid_on: &str| order(&format!(r#"{{"payment_made":{{"period":"2023-10","paid_on":"{paid_on}"}}}}"#));
    for good in [missed("2023-10-19"), made("2023-10-20")] {
        parse(&secret(), good.as_bytes()).unwrap();
    }
    assert_eq!(pointers(&missed("2023-10-20")), ["/order/repayment/payment_missed/due_on"]);
    assert_eq!(pointers(&made("2023-10-21")), ["/order/repayment/payment_made/paid_on"]);
}

#[test]
fn a_day_that_no_calendar_has_is_said_to_be_none() {
    for wrong in ["2023-02-30", "2023-1", "2.1.2023", "2023-01-02T06:00"] {
        let order = PLACE.replacen("2023-01-02", wrong, 1);
        let faults = parse(&secret(), order.as_bytes()).unwrap_err();
        assert_eq!(faults[0].pointer, "/issued_on");
        assert_eq!(faults[0].detail, "it is no day of the calendar: write yyyy-mm-dd", "{wrong}");
    }
}

#[test]
fn an_order_is_given_on_the_day_on_which_it_comes_or_before() {
    let came = |on: &str| super::parse(&secret(), on.parse().unwrap(), PLACE.as_bytes());
    came("2023-01-02").unwrap();
    let faults = came("2023-01-01").unwrap_err();
    assert_eq!(faults[0].pointer, "/issued_on");
    assert!(faults[0].detail.contains("after the day on which the order came (2023-01-01)"), "{faults:?}");
}
