//! The reader against the register's public sample, whole and damaged.

use super::*;
use crate::Item;
use domain::{Cpr, Day, PersonSecret};
use messages::{PersonSnapshot, RegisterFact};
use proptest::prelude::*;
use std::collections::BTreeMap;

const SAMPLE: &[u8] = include_bytes!("../../testdata/U12170-P-110901.txt");

fn secret() -> PersonSecret {
    PersonSecret::new(*b"a secret for the tests").unwrap()
}

fn produced() -> Day {
    Day::from_ymd_opt(2001, 11, 19).unwrap()
}

fn read(bytes: &[u8]) -> Vec<Item> {
    let (layout, secret) = (Layout::load().unwrap(), secret());
    let mut reader = Reader::new(&layout, &secret, produced(), bytes).unwrap();
    std::iter::from_fn(|| reader.next_item().unwrap()).collect()
}

fn lines() -> Vec<Vec<u8>> {
    SAMPLE.split(|b| *b == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
}

fn join(lines: &[Vec<u8>]) -> Vec<u8> {
    lines.join(&b'\n')
}

/// The sample as one unbroken stream of padded records.
fn stream() -> Vec<u8> {
    let layout = Layout::load().unwrap();
    let pad = |mut line: Vec<u8>| {
        let length = layout.length(*line.first_chunk().unwrap()).unwrap();
        line.resize(length, b' ');
        line
    };
    lines().into_iter().flat_map(pad).collect()
}

fn snapshots(items: &[Item]) -> BTreeMap<String, PersonSnapshot> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Event(_, event) => match &event.fact {
                RegisterFact::PersonSnapshot(snapshot) => Some((event.person.to_string(), snapshot.clone())),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

fn events(items: &[Item]) -> usize {
    items
        .iter()
        .filter(|i| matches!(i, Item::Event(_, e) if matches!(e.fact, RegisterFact::CprEvent(_))))
        .count()
}

fn faults(items: &[Item]) -> Vec<(u64, &'static str)> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Refused(fault) | Item::Unreadable(fault) => Some((fault.line, fault.code)),
            _ => None,
        })
        .collect()
}

#[test]
fn the_sample_gives_80_persons_and_116_events_and_no_fault() {
    let items = read(SAMPLE);
    assert_eq!(snapshots(&items).len(), 80);
    assert_eq!(events(&items), 116);
    assert_eq!(faults(&items), []);
}

#[test]
fn both_shapes_give_the_same_items() {
    assert_eq!(read(&stream()), read(SAMPLE));
    let padded_lines: Vec<Vec<u8>> = lines()
        .into_iter()
        .map(|mut line| {
            line.resize(line.len() + 7, b' ');
            line
        })
        .collect();
    assert_eq!(read(&padded_lines.join(&b"\r\n"[..])), read(SAMPLE));
}

#[test]
fn a_person_of_the_sample_is_read_field_by_field() {
    let key = |digits: &str| secret().person_key(&Cpr::parse(digits).unwrap());
    let all = snapshots(&read(SAMPLE));
    let person = &all[key("0701614011").as_str()];
    assert_eq!(person.born, Day::from_ymd_opt(1961, 1, 7));
    assert_eq!((person.status.as_str(), person.status_since), ("01", None));
    let home = person.home.as_ref().unwrap();
    assert_eq!(home.municipality.as_str(), "0851");
    assert_eq!(home.address, secret().address_key("0851|8512|026|01|TV"));
    assert_eq!(home.since, Day::from_ymd_opt(2001, 1, 1));
    let civil = person.civil_status.as_ref().unwrap();
    assert_eq!((civil.code.as_str(), civil.spouse.as_ref()), ("G", Some(&key("0709614118"))));
    assert_eq!(civil.since, Day::from_ymd_opt(1979, 5, 1));
    assert_eq!(person.children, [key("1301814069")]);
    assert_eq!(person.protections.len(), 4);
    assert_eq!(person.protections[0].to, Day::from_ymd_opt(2004, 11, 2));
    assert_eq!(all[key("0107529039").as_str()].current_number, None);
    assert_eq!(all.values().filter(|p| p.current_number.is_some()).count(), 4);
    assert_eq!(all.values().filter(|p| p.separated_since.is_some()).count(), 4);
    assert_eq!(all.values().filter(|p| p.departure.is_some()).count(), 3);
}

#[test]
fn whoever_has_a_home_and_a_move_event_arrives_there_once() {
    let items = read(SAMPLE);
    let arrivals: Vec<_> =
        items.iter().filter_map(|i| if let Item::Arrival(_, a) = i { Some(a) } else { None }).collect();
    let all = snapshots(&items);
    for arrival in &arrivals {
        assert_eq!(all[arrival.person.as_str()].home.as_ref().unwrap().address, arrival.address);
    }
    let persons: std::collections::BTreeSet<_> = arrivals.iter().map(|a| a.person.as_str()).collect();
    assert_eq!(persons.len(), arrivals.len());
    let mover = secret().person_key(&Cpr::parse("0701614011").unwrap());
    assert!(persons.contains(mover.as_str()));
    let not_moved = secret().person_key(&Cpr::parse("0101965058").unwrap());
    assert!(!persons.contains(not_moved.as_str()));
}

#[test]
fn an_unknown_event_code_passes_through_visibly() {
    let items = read(SAMPLE);
    let unknown: Vec<&str> = items
        .iter()
        .filter_map(|i| match i {
            Item::Event(_, e) => match &e.fact {
                RegisterFact::CprEvent(event) if !event.known => Some(event.code.as_str()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert!(unknown.contains(&"A19") && unknown.contains(&"A36"));
    let remarks =
        items.iter().filter(|i| matches!(i, Item::Remark(text) if text.contains("unknown code"))).count();
    assert_eq!(remarks, unknown.len());
}

#[test]
fn a_requisition_without_time_is_of_the_production_date() {
    let items = read(SAMPLE);
    let untimed: Vec<_> = items
        .iter()
        .filter_map(|i| match i {
            Item::Event(_, e) => match &e.fact {
                RegisterFact::CprEvent(event) if event.time.is_empty() => {
                    Some((event.code.clone(), event.on))
                }
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert_eq!(untimed, ["A74", "K74", "A74"].map(|code| (code.to_owned(), produced())));
}

#[test]
fn a_bad_number_a_bad_date_and_a_lost_001_cost_that_person_only() {
    let mut damaged = lines();
    // Line 3 is the address of the first person, line 13 the 001 of the second.
    damaged[2][70] = b'x';
    damaged[12][3] = b'9';
    damaged[12][4] = b'9';
    let items = read(&join(&damaged));
    assert_eq!(faults(&items), [(3, "bad_date"), (13, "bad_pnr")]);
    assert_eq!(snapshots(&items).len(), 78);
    assert_eq!(events(&items), 116);
}

#[test]
fn a_record_among_those_of_another_person_is_refused_and_voids_that_person() {
    let mut damaged = lines();
    let address = damaged.remove(2);
    // Now inside the second person, whose 001 has moved up by one.
    damaged.insert(14, address);
    let items = read(&join(&damaged));
    assert_eq!(faults(&items), [(15, "out_of_order")]);
    assert_eq!(snapshots(&items).len(), 79);
}

#[test]
fn a_new_record_type_is_told_and_the_person_still_read() {
    let mut added = lines();
    added.insert(3, b"0420101965058 something new".to_vec());
    let items = read(&join(&added));
    assert_eq!(faults(&items), [(4, "unknown_record_type")]);
    assert_eq!(snapshots(&items).len(), 80);
    added[3] = b"0q20101965058".to_vec();
    assert_eq!(snapshots(&read(&join(&added))).len(), 79);
}

#[test]
fn replacement_numbers_and_numbers_without_check_digit_are_read() {
    let person = b"000\n0016101150001          01200001010000 M2015-01-01 2015-01-01\n0996101150001201501010000A01\n999\n";
    let items = read(person);
    assert_eq!((snapshots(&items).len(), events(&items), faults(&items).len()), (1, 1, 0));
}

fn never_ten_digits(items: &[Item]) {
    for item in items {
        if let Item::Refused(fault) | Item::Unreadable(fault) = item {
            let text = format!("{} {:?}", fault.detail, fault.field);
            let longest = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
            assert!(longest < Some(10), "{text}");
        }
    }
}

proptest! {
    // Each case reads a whole extract.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        never_ten_digits(&read(&bytes));
        check(&Layout::load().unwrap(), &bytes[..]).unwrap();
    }

    #[test]
    fn flipped_bits_never_panic_nor_echo_a_number(
        flips in proptest::collection::vec((0..SAMPLE.len(), 0u8..8), 1..60),
        as_stream in any::<bool>(),
    ) {
        let mut bytes = if as_stream { stream() } else { SAMPLE.to_vec() };
        for (at, bit) in flips {
            bytes[at] ^= 1 << bit;
        }
        never_ten_digits(&read(&bytes));
        check(&Layout::load().unwrap(), &bytes[..]).unwrap();
    }

    #[test]
    fn a_flipped_bit_in_a_needed_number_never_gives_a_wrong_snapshot(line in 1usize..1020, bit in 0u8..8, digit in 3usize..13) {
        let mut damaged = lines();
        damaged[line][digit] ^= 1 << bit;
        let (whole, found) = (snapshots(&read(SAMPLE)), snapshots(&read(&join(&damaged))));
        // Whoever is still known by the same key is known as before; a flipped 001 may make a person of another number.
        for (key, snapshot) in found {
            if let Some(before) = whole.get(&key) {
                prop_assert_eq!(&snapshot, before);
            }
        }
    }
}
