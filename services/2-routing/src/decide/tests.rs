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
        let context = Context { key: "k", today: day("2023-04-03"), cause: "c", evidence: &[], trace: "" };
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
        moves("2012-02-29", "2023-04-03"),
    ]);
    assert_eq!(types(&told[1]), ["adult_moved_in"]);
    assert_eq!(told[2].len(), 1);
    assert!(types(&told[2]).is_empty());
    assert!(types(&told[3]).is_empty(), "a child born on a leap day is a child");
}

#[test]
fn one_person_in_two_roles_is_told_once() {
    let told = run(&[membership(Role::Payer, true), membership(Role::Adult, true), event("A24")]);
    assert_eq!(told[2].len(), 1);
}

fn snapshot(house: &str, since: &str, recorded_on: &str) -> Message {
    let home = messages::Home {
        municipality: domain::AuthorityId::parse("0101").unwrap(),
        address: PersonSecret::new(*b"0123456789abcdef").unwrap().address_key(house),
        since: Some(day(since)),
        municipality_since: None,
    };
    let snapshot = messages::PersonSnapshot {
        status: "01".to_owned(),
        home: Some(home),
        ..messages::PersonSnapshot::default()
    };
    let fact = RegisterFact::PersonSnapshot(snapshot);
    Message::RegisterEvents(body(RegisterEvent { person: person(), recorded_on: day(recorded_on), fact }))
}

/// The facts that a case has heard of at the end, without the order.
fn heard(messages: &[Message]) -> std::collections::BTreeSet<String> {
    let facts = run(messages).into_iter().flatten().map(|notice| format!("{:?}", notice.about));
    facts.collect()
}

#[test]
fn every_home_is_told_whichever_comes_first_and_also_to_a_case_that_follows_later() {
    let homes = [
        snapshot("a", "2020-01-01", "2023-01-02"),
        snapshot("b", "2023-03-10", "2023-03-11"),
        snapshot("a", "2020-01-01", "2023-04-01"),
        snapshot("c", "2023-05-10", "2023-05-11"),
    ];
    let follow = membership(Role::Child, true);
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let in_order = order.map(|n| homes[n].clone());
        let before: Vec<Message> = std::iter::once(follow.clone()).chain(in_order.clone()).collect();
        let after: Vec<Message> = in_order.into_iter().chain([follow.clone()]).collect();
        assert_eq!(heard(&before).len(), 4, "{order:?}");
        assert_eq!(heard(&after), heard(&before), "{order:?}");
    }
}

#[test]
fn a_home_restated_again_and_again_is_kept_twice_and_told_once_more_each_time() {
    let mut subject = Subject::default();
    for on in ["2023-01-02", "2023-02-02", "2023-04-02", "2023-03-02", "2023-03-02"] {
        let Message::RegisterEvents(body) = snapshot("a", "2020-01-01", on) else { unreachable!() };
        let RegisterFact::PersonSnapshot(fact) = body.data.fact else { unreachable!() };
        subject.keep_snapshot(Kept { recorded_on: day(on), evidence: Vec::new(), fact });
    }
    let days: Vec<Day> = subject.snapshots.iter().map(|kept| kept.recorded_on).collect();
    assert_eq!(days, [day("2023-01-02"), day("2023-04-02")]);
}

#[test]
fn of_two_reports_with_one_key_and_day_the_same_one_counts_in_any_order() {
    let one = income("r1", "11", "2023-01", "20000.00", ReportKind::Report);
    let other = income("r1", "11", "2023-01", "30000.00", ReportKind::Report);
    let kept = |messages: [&Message; 2]| {
        let mut subject = Subject::default();
        for message in messages {
            let Message::RegisterEvents(body) = message else { unreachable!() };
            let RegisterFact::IncomeReport(report) = &body.data.fact else { unreachable!() };
            let recorded_on = body.data.recorded_on;
            subject.keep_income(Kept { recorded_on, evidence: Vec::new(), fact: report.clone() });
        }
        subject.income_of("2023-01".parse().unwrap())
    };
    assert_eq!(kept([&one, &other]), kept([&other, &one]));
}

#[test]
fn a_case_hears_of_report_and_reversal_as_they_are_known_last() {
    let report = |kind, day_of_month: u32| {
        let Message::RegisterEvents(mut body) = income("r1", "11", "2023-01", "20000.00", kind) else {
            unreachable!()
        };
        body.data.recorded_on = Day::from_ymd_opt(2023, 2, day_of_month).unwrap();
        Message::RegisterEvents(body)
    };
    // The register restates the report on the 15th, which nobody needs to hear of until it is known that it had been
    // reversed on the 12th.
    let told = run(&[
        membership(Role::Payer, true),
        report(ReportKind::Report, 10),
        report(ReportKind::Report, 15),
        report(ReportKind::Reversal, 12),
    ]);
    assert_eq!((told[1].len(), told[2].len(), told[3].len()), (1, 0, 2));
}

#[test]
fn of_more_arrivals_than_are_kept_the_latest_moves_stay_in_any_order() {
    let secret = PersonSecret::new(*b"0123456789abcdef").unwrap();
    let arrival = |n: usize| {
        let cpr = Cpr::parse(&format!("610185{n:04}")).unwrap();
        let since = day("2023-01-01") + Days::new(n as u64);
        let person = secret.person_key(&cpr);
        let fact = AddressArrival { address: address(), person, born: None, since, recorded_on: since };
        Kept { recorded_on: since, evidence: Vec::new(), fact }
    };
    let mut forwards = Subject::default();
    let mut backwards = Subject::default();
    for n in 0..60 {
        forwards.keep_arrival(arrival(n));
        backwards.keep_arrival(arrival(59 - n));
    }
    assert_eq!(forwards.arrivals.len(), crate::ARRIVALS_KEPT);
    assert_eq!(forwards, backwards);
}
