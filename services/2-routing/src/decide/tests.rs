use super::*;
use domain::{AddressKey, Cpr, Period, PersonKey, PersonSecret};
use messages::{Body, CprEvent, ReportKind};
use runtime::Change;

fn person() -> PersonKey {
    PersonSecret::new(*b"0123456789abcdef").unwrap().person_key(&Cpr::parse("2105440645").unwrap())
}

fn address() -> AddressKey {
    PersonSecret::new(*b"0123456789abcdef").unwrap().address_key("a")
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn body<T>(data: T) -> Body<T> {
    Body { causes: Vec::new(), evidence: Vec::new(), data }
}

fn membership(role: Role, follows: bool) -> Message {
    let subject = match role {
        Role::Address => domain::Subject::Address(address()),
        _ => domain::Subject::Person(person()),
    };
    Message::CaseMemberships(body(Membership {
        subject,
        case: CaseId::parse("K-1").unwrap(),
        authority: domain::AuthorityId::parse("0101").unwrap(),
        role,
        follows,
    }))
}

fn event(code: &str) -> Message {
    let on = day("2023-04-03");
    let fact = RegisterFact::CprEvent(CprEvent {
        code: code.to_owned(),
        known: true,
        on,
        time: "09:00".to_owned(),
        derived_mark: None,
    });
    Message::RegisterEvents(body(RegisterEvent { person: person(), recorded_on: on, fact }))
}

fn income(report: &str, employer: &str, month: &str, kroner: &str, kind: ReportKind) -> Message {
    let month: Period = month.parse().unwrap();
    let fact = RegisterFact::IncomeReport(IncomeReport {
        report: report.to_owned(),
        employer: employer.to_owned(),
        period_from: month.first_day(),
        period_to: month.last_day(),
        disposition_month: month,
        kind,
        income_type: "00".to_owned(),
        correction: false,
        amounts: [("057".to_owned(), kroner.to_owned())].into(),
    });
    Message::RegisterEvents(body(RegisterEvent { person: person(), recorded_on: month.last_day(), fact }))
}

/// Runs the messages in order and gives the notices of each.
fn run(messages: &[Message]) -> Vec<Vec<CaseNotice>> {
    let strategy = Strategy::built_in().unwrap();
    let mut state = Subject::default();
    let mut told = Vec::new();
    for message in messages {
        let context = Context { key: "k", today: day("2023-04-03"), cause: "c", evidence: &[] };
        let effects = decide(&strategy, &context, state.clone(), Input::Message(message)).unwrap();
        if let Change::Put(new) = effects.state() {
            state = new.clone();
        }
        told.push(effects.messages().iter().map(|message| message.content().unwrap()).collect());
    }
    told
}

fn types(notices: &[CaseNotice]) -> Vec<&str> {
    notices.iter().flat_map(|notice| &notice.notices).map(|notice| notice.event_type.as_str()).collect()
}

#[test]
fn nobody_hears_of_a_person_whom_no_case_follows() {
    let told = run(&[
        event("A21"),
        membership(Role::Payer, true),
        event("A01"),
        membership(Role::Payer, false),
        event("A06"),
    ]);
    assert!(told[0].is_empty() && told[4].is_empty());
    assert_eq!(types(&told[2]), ["move"]);
    assert_eq!(told[2][0].notices[0].deadline, day("2023-05-03"));
}

#[test]
fn a_new_follower_learns_earlier_income_without_a_deadline() {
    let told =
        run(&[income("r1", "11", "2023-01", "20000.00", ReportKind::Report), membership(Role::Adult, true)]);
    assert_eq!(told[1].len(), 1);
    assert!(told[1][0].notices.is_empty());
}

#[test]
fn the_thresholds_tell_start_change_and_new_payer() {
    let report = ReportKind::Report;
    let told = run(&[
        membership(Role::Payer, true),
        income("r1", "11", "2023-01", "12500.00", report),
        income("r2", "11", "2023-02", "12500.00", report),
        income("r3", "11", "2023-03", "16499.99", report),
        income("r4", "11", "2023-04", "20499.99", report),
        income("r5", "22", "2023-04", "10.00", report),
        income("r5", "22", "2023-04", "10.00", report),
    ]);
    assert_eq!(types(&told[1]), ["income_started"]);
    assert!(types(&told[2]).is_empty());
    assert!(types(&told[3]).is_empty(), "47,999.88 a year is below 48,000");
    assert_eq!(types(&told[4]), ["income_changed"]);
    assert_eq!(types(&told[5]), ["income_new_payer"]);
    assert!(told[6].is_empty(), "a redelivered report tells nothing");
}

#[test]
fn a_reversal_takes_the_income_of_its_report_away() {
    let told = run(&[
        membership(Role::Payer, true),
        income("r1", "11", "2023-01", "30000", ReportKind::Report),
        income("r2", "11", "2023-02", "30000", ReportKind::Report),
        income("r2", "11", "2023-02", "30000", ReportKind::Reversal),
        income("r3", "11", "2023-02", "26000", ReportKind::Report),
    ]);
    assert!(types(&told[3]).is_empty());
    assert_eq!(types(&told[4]), ["income_changed"]);
}

#[test]
fn an_adult_who_moves_in_raises_a_notice_and_a_child_does_not() {
    let moves = |born: &str, since: &str| {
        Message::RegisterMoves(body(AddressArrival {
            address: address(),
            person: person(),
            born: Some(day(born)),
            since: day(since),
            recorded_on: day("2023-04-03"),
        }))
    };
    let told = run(&[
        membership(Role::Address, true),
        moves("1990-05-01", "2023-04-01"),
        moves("2010-05-01", "2023-04-02"),
    ]);
    assert_eq!(types(&told[1]), ["adult_moved_in"]);
    assert_eq!(told[2].len(), 1);
    assert!(types(&told[2]).is_empty());
}

#[test]
fn one_person_in_two_roles_is_told_once() {
    let told = run(&[membership(Role::Payer, true), membership(Role::Adult, true), event("A24")]);
    assert_eq!(told[2].len(), 1);
}
