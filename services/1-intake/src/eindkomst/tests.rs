//! The reader against an answer of the register, whole and damaged.

use super::*;
use crate::Item;
use domain::{Cpr, Day, PersonSecret};
use messages::{IncomeReport, RegisterFact, ReportKind};
use proptest::prelude::*;

const ANSWER: &str = include_str!("../../testdata/eindkomst-response.xml");

fn secret() -> PersonSecret {
    PersonSecret::new(*b"a secret for the tests").unwrap()
}

fn day() -> Day {
    Day::from_ymd_opt(2016, 3, 12).unwrap()
}

fn read(bytes: &[u8]) -> Vec<Item> {
    let secret = secret();
    let mut reader = Reader::new(&secret, day(), bytes);
    std::iter::from_fn(|| reader.next_item()).collect()
}

fn reports(items: &[Item]) -> Vec<&IncomeReport> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Event(_, event) => match &event.fact {
                RegisterFact::IncomeReport(report) => Some(report),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

fn faults(items: &[Item]) -> Vec<&str> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Refused(fault) | Item::Unreadable(fault) => Some(fault.code),
            _ => None,
        })
        .collect()
}

/// The answer with its only person's structure repeated for a second person, each changed by its function.
fn two(first: impl Fn(&str) -> String, second: impl Fn(&str) -> String) -> String {
    let (from, to) = ("<e:IndkomstOplysningPersonStruktur>", "</e:IndkomstOplysningPersonStruktur>");
    let start = ANSWER.find(from).unwrap();
    let end = ANSWER.find(to).unwrap() + to.len();
    let person = &ANSWER[start..end];
    let other = person.replace("2105440645", "2105440637");
    format!("{}{}{}{}", &ANSWER[..start], first(person), second(&other), &ANSWER[end..])
}

/// The answer's report with `change`, beside the report as it is, of one person.
fn with_second_report(change: impl Fn(&str) -> String) -> String {
    let (from, to) = ("<e:LoenPeriodeOplysningStruktur>", "</e:LoenPeriodeOplysningStruktur>");
    let start = ANSWER.find(from).unwrap();
    let end = ANSWER.find(to).unwrap() + to.len();
    format!("{}{}{}", &ANSWER[..end], change(&ANSWER[start..end]), &ANSWER[end..])
}

#[test]
fn the_answer_gives_its_report_with_all_amounts() {
    let items = read(ANSWER.as_bytes());
    let Item::Event(1, event) = &items[0] else { panic!("{items:?}") };
    assert_eq!(event.person, secret().person_key(&Cpr::parse("2105440645").unwrap()));
    assert_eq!(event.recorded_on, Day::from_ymd_opt(2016, 3, 11).unwrap());
    let [report] = reports(&items)[..] else { panic!("{items:?}") };
    assert_eq!((report.report.as_str(), report.employer.as_str()), ("R-2016-02-0001", "19552101"));
    assert_eq!(report.disposition_month.to_string(), "2016-02");
    assert_eq!(
        (report.kind, report.income_type.as_str(), report.correction),
        (ReportKind::Report, "00", false)
    );
    assert_eq!(report.amounts["057"], "27450.00");
    assert_eq!(report.amounts["060"], "2196.00");
    assert_eq!(report.amounts.len(), 2);
}

#[test]
fn prefixes_do_not_matter() {
    let renamed =
        ANSWER.replace("e:", "zz:").replace("xmlns:e", "xmlns:zz").replace("<a:", "<").replace("</a:", "</");
    assert_eq!(reports(&read(renamed.as_bytes())), reports(&read(ANSWER.as_bytes())));
}

#[test]
fn a_reversal_a_negative_and_a_correction_are_read() {
    let changed = ANSWER.replace(">I<", ">T<").replace(">27450.00<", ">-50.5<");
    let items = read(changed.as_bytes());
    let report = reports(&items)[0];
    assert_eq!((report.kind, report.amounts["057"].as_str()), (ReportKind::Reversal, "-50.50"));
}

#[test]
fn the_disposition_date_decides_the_month_and_field_016_where_it_is_absent() {
    let date = "<g:IndkomstPersonGruppeDispositionDato>2016-02-29</g:IndkomstPersonGruppeDispositionDato>";
    let month = |text: &str| {
        reports(&read(text.as_bytes())).first().map(|report| report.disposition_month.to_string())
    };
    assert_eq!(month(&ANSWER.replace("2016-02-29</g", "2016-03-01</g")).unwrap(), "2016-03");
    let without = ANSWER.replace(date, "");
    assert_eq!(month(&without.replace(">201602<", ">201601<")).unwrap(), "2016-01");
    assert_eq!(faults(&read(without.replace(">201602<", "><").as_bytes())), ["bad_tax_month"]);
    let field = without.replace("0000016</bf", "0000018</bf");
    assert_eq!(faults(&read(field.as_bytes())), ["no_disposition_month"]);
}

#[test]
fn one_bad_person_is_refused_and_the_others_go_on() {
    for (from, to, code) in [
        (">27450.00<", ">27.450,00<", "bad_amount"),
        (">2105440645<", ">9905440645<", "bad_pnr"),
        (">19552101<", "><", "bad_employer"),
        ("2016-02-01</x6", "2016-02-30</x6", "bad_date"),
        (">I<", ">X<", "bad_report_kind"),
        (">R-2016-02-0001<", "><", "bad_report_id"),
        ("100000000000000057", "57", "bad_field_number"),
    ] {
        let text = two(|person| person.replace(from, to), str::to_owned);
        let items = read(text.as_bytes());
        assert_eq!(faults(&items), [code]);
        assert_eq!(reports(&items).len(), 1, "{code}");
    }
}

#[test]
fn two_employments_in_one_report_add_up_and_the_same_part_twice_counts_once() {
    let id = "</a:AngivelseVirksomhedEgenIdentifikator>";
    let employment = format!(
        "{id}<z:AnsaettelseforholdMedarbejderIdentifikator>2</z:AnsaettelseforholdMedarbejderIdentifikator>"
    );
    let items = read(with_second_report(|report| report.replace(id, &employment)).as_bytes());
    assert_eq!(reports(&items).iter().map(|r| r.amounts["057"].as_str()).collect::<Vec<_>>(), ["54900.00"]);
    let items = read(with_second_report(str::to_owned).as_bytes());
    assert_eq!(reports(&items)[0].amounts["057"], "27450.00");
    let items = read(with_second_report(|report| report.replace(">27450.00<", ">1.00<")).as_bytes());
    assert_eq!((faults(&items), reports(&items).len()), (vec!["report_twice"], 0));
}

#[test]
fn an_error_of_the_register_is_refused_by_its_number_and_an_advice_is_told() {
    let error = "<k:SvarStruktur><k:FejlStruktur><k:FejlIdentifikator>4811</k:FejlIdentifikator>\
                 <k:FejlTekst>2105440645 findes ikke</k:FejlTekst></k:FejlStruktur></k:SvarStruktur>";
    let items = read(ANSWER.replace("<k:SvarStruktur/>", error).as_bytes());
    let Item::Refused(fault) = &items[0] else { panic!("{items:?}") };
    assert!(fault.detail.contains("4811") && !fault.detail.contains("findes"), "{}", fault.detail);
    let advice = error.replace("Fejl", "Advis");
    let items = read(ANSWER.replace("<k:SvarStruktur/>", &advice).as_bytes());
    assert_eq!(items[0], Item::Remark("advices of the register, number 4811".to_owned()));
    assert_eq!(reports(&items).len(), 1);
}

#[test]
fn a_cut_answer_and_what_is_no_answer_are_held() {
    let held = |text: &str| check(&secret(), day(), text.as_bytes()).map(|hold| hold.code);
    assert_eq!(held(ANSWER), None);
    for text in [&ANSWER[..3000], "<html/>", "", "<!DOCTYPE x>"] {
        assert_eq!(held(text).as_deref(), Some("unreadable"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn changed_bytes_never_panic_nor_echo_a_number(
        changes in proptest::collection::vec((0..ANSWER.len(), any::<u8>()), 0..20),
        cut in 0..ANSWER.len(),
    ) {
        let mut bytes = ANSWER.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        for bytes in [&bytes[..], &bytes[..cut], &bytes[cut..]] {
            for item in read(bytes) {
                if let Item::Refused(fault) | Item::Unreadable(fault) = item {
                    let text = format!("{} {:?}", fault.detail, fault.field);
                    prop_assert!(text.split(|c: char| !c.is_ascii_digit()).all(|row| row.len() < 10), "{}", text);
                }
            }
        }
    }
}
