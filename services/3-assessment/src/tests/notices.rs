//! Notices: who closes them, and what is told when nobody does.

use super::*;
use domain::NoticeId;
use messages::{CivilStatus, ClosedBy, CprEvent, NoticeOutcome, OpenNotice, RefusedAt};

/// An event of the register with a notice, and the snapshot that comes with it.
fn marries(life: &mut Life, person: u32, closed_by: ClosedBy) {
    life.message(&snapshot(person, "2023-03-10", |snapshot| {
        snapshot.civil_status = Some(CivilStatus { code: "G".to_owned(), since: None, spouse: None });
    }));
    let (code, on) = ("A24".to_owned(), day("2023-03-10"));
    let event = CprEvent { code, on, time: String::new(), known: true, derived_mark: None };
    let mut message = register(person, day("2023-03-10"), RegisterFact::CprEvent(event));
    let Message::CaseNotices(notice) = &mut message else { unreachable!() };
    notice.data.notices.push(OpenNotice {
        notice: id(),
        event_type: "a name of the authority's own".to_owned(),
        deadline: day("2023-04-09"),
        owner: "pladsanvisning".to_owned(),
        strategy: "t".to_owned(),
        closed_by: Some(closed_by),
    });
    life.message(&message);
}

fn id() -> NoticeId {
    NoticeId::derive(&["n"])
}

fn family(single_provider: bool) -> Life {
    let mut life = Life::begin("2023-01-02");
    let adults: &[u32] = if single_provider { &[PAYER] } else { &[PAYER, PARTNER] };
    life.household(adults, &[CHILD], single_provider);
    life.place("P-1", CHILD, "2023-02-01", 3000);
    life.until("2023-03-10");
    life
}

fn outcome(life: &Life) -> Option<NoticeOutcome> {
    life.events.iter().find_map(|event| match &event.fact {
        AssessmentFact::NoticeClosed { outcome, .. } => Some(outcome.clone()),
        _ => None,
    })
}

#[test]
fn a_marriage_is_left_to_staff_where_the_payer_is_a_single_provider_and_changes_nothing_elsewhere() {
    for single_provider in [true, false] {
        let mut life = family(single_provider);
        marries(&mut life, PAYER, ClosedBy::SingleStatus);
        life.until("2023-03-12");
        let expected = (!single_provider).then_some(NoticeOutcome::NoChange);
        assert_eq!(outcome(&life), expected, "{single_provider}");
        assert_eq!(life.count("review-needed"), usize::from(single_provider));
    }
}

#[test]
fn a_notice_that_staff_do_not_close_by_its_deadline_is_told_once_and_settles_when_they_do() {
    let mut life = family(false);
    marries(&mut life, PAYER, ClosedBy::Staff);
    life.until("2023-04-09");
    assert!(life.dead_letters.is_empty());
    life.until("2023-06-01");
    let [DeadLetter::Refused(told)] = &life.dead_letters[..] else { panic!("{:?}", life.dead_letters) };
    assert_eq!(
        (told.code.as_str(), told.on, &told.at),
        ("notice_overdue", day("2023-04-10"), &RefusedAt::Case)
    );
    assert!(told.detail.contains("pladsanvisning") && !told.parked, "{}", told.detail);
    let told = told.refusal.clone();
    life.order(CaseOrder::CloseNotice { notice: id(), outcome: "seen to".to_owned() });
    assert_eq!(outcome(&life), Some(NoticeOutcome::ByStaff("seen to".to_owned())));
    let [_, DeadLetter::Settled { refusal, .. }] = &life.dead_letters[..] else { panic!() };
    assert_eq!(*refusal, told);
}

#[test]
fn a_notice_that_comes_after_its_deadline_is_told_the_next_morning() {
    let mut life = family(false);
    life.until("2023-05-20");
    marries(&mut life, PAYER, ClosedBy::Staff);
    life.until("2023-05-21");
    assert_eq!(life.dead_letters.len(), 1);
}

#[test]
fn an_order_to_close_a_notice_may_come_before_it_and_a_mistyped_one_is_told() {
    let mut life = family(false);
    let close = || CaseOrder::CloseNotice { notice: id(), outcome: "seen to".to_owned() };
    life.order(close());
    life.until(&life.today.succ_opt().unwrap().to_string());
    let [DeadLetter::Refused(told)] = &life.dead_letters[..] else { panic!("{:?}", life.dead_letters) };
    assert_eq!((told.code.as_str(), told.parked), ("unknown_notice", false));
    assert!(told.detail.contains(id().as_str()), "{}", told.detail);
    marries(&mut life, PAYER, ClosedBy::Staff);
    assert_eq!(outcome(&life), Some(NoticeOutcome::ByStaff("seen to".to_owned())));
    let [_, DeadLetter::Settled { .. }] = &life.dead_letters[..] else { panic!("{:?}", life.dead_letters) };
    let again = life.command(close());
    let refused = life.try_input(Input::Message(&again)).unwrap_err();
    assert_eq!((refused.code, refused.holds), ("notice_closed", false));
}
