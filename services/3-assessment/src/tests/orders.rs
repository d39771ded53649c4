//! Orders that are refused: the case goes on as it stood.

use super::*;

fn refused(life: &mut Life, message: &Message) -> Refusal {
    life.try_input(Input::Message(message)).unwrap_err()
}

fn family() -> Life {
    let mut life = Life::begin("2023-01-02");
    life.household(&[PAYER, PARTNER], &[CHILD], false);
    life.place("P-1", CHILD, "2023-02-01", 3000);
    life
}

#[test]
fn an_order_that_cannot_have_effect_does_not_hold_the_case() {
    let mut life = family();
    let held = life.command(CaseOrder::PlaceChild {
        place: PlaceId::parse("P-1").unwrap(),
        child: party(CHILD),
        from: day("2023-03-01"),
        to: None,
        terms: terms(9000),
    });
    let foreign = of_another(life.command(CaseOrder::EndSubsidy { from: day("2023-03-01") }));
    for (message, code) in [(&held, "place_taken"), (&foreign, "other_authority")] {
        let refused = refused(&mut life, message);
        assert_eq!((refused.code, refused.holds), (code, false));
    }
    life.until("2023-03-01");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("3000.00"));
}

/// The same order, of another authority.
fn of_another(command: Message) -> Message {
    let Message::CaseCommands(mut command) = command else { unreachable!() };
    command.data.authority = AuthorityId::parse("0147").unwrap();
    Message::CaseCommands(command)
}

#[test]
fn what_another_authority_ordered_before_the_case_was_opened_has_no_effect() {
    let place = |rate| CaseOrder::PlaceChild {
        place: PlaceId::parse("P-1").unwrap(),
        child: party(CHILD),
        from: day("2023-02-01"),
        to: None,
        terms: terms(rate),
    };
    // Before and after the owner's own, with the same place and the same order ids.
    for theirs_first in [true, false] {
        let mut life = Life::begin("2023-01-02");
        let ours = life.command_with("a".to_owned(), place(3000));
        let theirs = of_another(life.command_with("a".to_owned(), place(9000)));
        let all = if theirs_first { [&theirs, &ours, &theirs] } else { [&ours, &theirs, &ours] };
        all.into_iter().for_each(|message| life.message(message));
        life.household(&[PAYER, PARTNER], &[CHILD], false);
        life.until("2023-03-01");
        assert_eq!(life.owed_in("2023-03").as_deref(), Some("3000.00"), "{theirs_first}");
        let told = |letter: &DeadLetter| matches!(letter, DeadLetter::Refused(one) if one.code == "unknown_authority");
        assert!(life.dead_letters.iter().map(told).eq([true]), "once: {:?}", life.dead_letters);
        life.order(CaseOrder::ForgetUnknown { named: "0147".to_owned() });
        assert!(matches!(&life.dead_letters[1..], [DeadLetter::Settled { .. }]));
        assert!(life.case().before_opening.is_empty(), "nothing of it is kept");
        let again = life.command(CaseOrder::ForgetUnknown { named: "0147".to_owned() });
        assert_eq!(refused(&mut life, &again).code, "nothing_unknown");
        life.until("2023-04-02");
        assert_eq!(life.dead_letters.len(), 2);
    }
}

#[test]
fn another_order_under_an_id_that_has_effect_is_refused_and_the_same_one_is_not() {
    let mut life = family();
    let end = |last: &str| CaseOrder::EndPlace { place: PlaceId::parse("P-1").unwrap(), last_day: day(last) };
    let first = life.command(end("2023-03-31"));
    life.message(&first);
    life.message(&first);
    let Message::CaseCommands(mut other) = first else { unreachable!() };
    other.data.order = end("2023-05-31");
    let message = Message::CaseCommands(other);
    let refused = refused(&mut life, &message);
    assert_eq!((refused.code, refused.holds), ("order_id_reused", false));
    life.until("2023-04-01");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("3000.00"));
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"));
}

#[test]
fn a_delivery_that_is_reported_again_on_another_day_changes_nothing() {
    let mut life = family();
    life.until("2023-02-01");
    let letter = life.letters[0].letter.clone();
    let (id, delivered_on) = (letter.to_string(), life.today);
    let again = CaseOrder::LetterDelivered { letter, delivered_on, channel: "directory".to_owned() };
    let before = life.case().clone();
    let message = life.command_with(id, again);
    life.message(&message);
    assert_eq!(*life.case(), before);
}

#[test]
fn an_end_before_the_beginning_is_refused_and_the_day_before_takes_a_place_back() {
    let mut life = family();
    life.until("2023-03-01");
    let end = |last: &str| CaseOrder::EndPlace { place: PlaceId::parse("P-1").unwrap(), last_day: day(last) };
    let slip = life.command(end("2022-09-30"));
    assert_eq!(refused(&mut life, &slip).code, "ends_before_it_begins");
    let slip = life.command(CaseOrder::CloseCase { last_day: day("2020-12-31") });
    assert_eq!(refused(&mut life, &slip).code, "ends_before_it_begins");
    life.order(end("2023-01-31"));
    life.until("2023-03-02");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("0.00"));
}

#[test]
fn an_order_about_a_place_is_not_refused_for_what_is_wrong_with_another_place() {
    let mut life = Life::begin("2023-01-02");
    let bad = PlaceTerms { gross_cost: Money::dkk(4000), ..terms(3000) };
    let child = party(SIBLING);
    // Before the case is open, nobody can tell.
    let place = PlaceId::parse("P-2").unwrap();
    let from = day("2023-02-01");
    life.order(CaseOrder::PlaceChild { place: place.clone(), child, from, to: None, terms: bad.clone() });
    life.household(&[PAYER, PARTNER], &[CHILD, SIBLING], false);
    life.place("P-1", CHILD, "2023-02-01", 3000);
    let still = life.command(CaseOrder::ChangePlace { place: place.clone(), from, terms: bad });
    assert_eq!(refused(&mut life, &still).code, "not_assessable");
    life.order(CaseOrder::ChangePlace { place, from, terms: terms(2000) });
    life.until("2023-02-01");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("4000.00"));
}
