//! Months that are over and have to cost more: the custodian is heard first, and the letters name what changes.

use super::checks::heard;
use super::*;
use crate::childcare::Checked;
use domain::HearingId;
use messages::{DecisionMade, HearingAnswer, HearingOutcome};

/// A household that has declared 20,000 kronor a month and pays 600 since March 2022.
fn household(settings: Settings) -> Life {
    let mut life = Life::of_household("2022-03-01", settings);
    life.starts("P-1", "2021-02-01", "2022-03-01", CareForm::Preschool);
    life.declares(day("2022-03-01"), "20000");
    life.until("2024-03-10");
    life
}

/// Since a day the household had another income, kronor a month.
fn states(life: &mut Life, from: &str, income: &str) {
    let (from, monthly_income) = (day(from), Some(kronor(income)));
    life.childcare(ChildcareOrder::SetChildcareHousehold { from, partner: None, monthly_income });
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{a0}', " ")
}

fn fees(life: &Life, months: [&str; 4]) -> [String; 4] {
    months.map(|month| life.owed_in(month).unwrap().replace(".00", ""))
}

impl Life {
    fn hearing_asked(&self) -> HearingId {
        let opened = |event: &messages::AssessmentEvent| match &event.fact {
            AssessmentFact::HearingOpened { hearing, .. } => Some(hearing.clone()),
            _ => None,
        };
        self.events.iter().rev().find_map(opened).unwrap()
    }

    fn outcomes(&self) -> Vec<HearingOutcome> {
        let closed = self.events.iter().filter_map(|event| match &event.fact {
            AssessmentFact::HearingClosed { outcome, .. } => Some(*outcome),
            _ => None,
        });
        closed.collect()
    }

    fn decided(&self) -> Vec<&DecisionMade> {
        let made = self.events.iter().filter_map(|event| match &event.fact {
            AssessmentFact::DecisionMade(made) => Some(&**made),
            _ => None,
        });
        made.collect()
    }
}

const MONTHS: [&str; 4] = ["2022-03", "2022-04", "2024-02", "2024-03"];

#[test]
fn a_household_stated_two_years_late_is_heard_and_its_letter_names_months_sum_and_when_it_is_due() {
    let mut life = household(hearing());
    states(&mut life, "2022-04-01", "30000");
    life.until("2024-03-25");
    // The month that runs rises with its letter; those that are over wait.
    assert_eq!(fees(&life, MONTHS), ["600", "600", "600", "900"]);
    let letters: Vec<&str> = life.letters.iter().rev().take(2).map(|letter| letter.title.as_str()).collect();
    assert_eq!(
        letters,
        [
            "Du kan yttra dig: höjd avgift för månader som har gått",
            "Beslut om avgift för förskola och fritidshem"
        ]
    );
    let asked = life.letters.last().unwrap();
    assert_eq!((asked.kind, asked.written_on), (messages::LetterKind::Hearing, day("2024-03-11")));
    assert!(plain(&asked.text).contains("Skriv till oss senast den 25 mars 2024"), "{}", asked.text);
    let now = plain(&life.letters[life.letters.len() - 2].text);
    assert!(now.contains("Avgift från och med den 1 mars 2024"), "{now}");
    assert!(!now.contains("2022"), "it decides nothing of the months that wait: {now}");

    life.until("2024-03-26");
    let letter = life.letters.last().unwrap();
    for told in [
        "höja avgiften för månader som har gått",
        "vi skrev den 11 mars 2024 och du kunde svara till och med den 25 mars 2024. Vi har inte fått något svar.",
        "Avgift från och med den 1 april 2022 till och med den 29 februari 2024",
        "April 2022, hittills 600 kr Ny avgift 900 kr Skillnad 300 kr",
        "Februari 2024, hittills 600 kr Ny avgift 900 kr Skillnad 300 kr",
        // April 2022 to February 2024: 23 months.
        "Du ska betala sammanlagt 6 900 kr",
        "6 900 kr faktureras för sig och förfaller till betalning tidigast den 30 april 2024.",
    ] {
        assert!(plain(&letter.text).contains(told), "{told}: {}", plain(&letter.text));
    }
    assert!(!plain(&letter.text).contains("Mars 2024, hittills"));
    assert_eq!(fees(&life, MONTHS), ["600", "900", "900", "900"]);
    let raised: Vec<_> = life.determinations().into_iter().filter(|made| made.version == 2).collect();
    assert_eq!(raised.len(), 24);
    assert!(raised.iter().skip(1).all(|made| made.due_on == day("2024-04-30")), "as the letter says");
    let decision = life.decided().pop().unwrap();
    assert!(decision.heard().is_some() && decision.cause() == messages::Cause::Correction);
    let of_2024 = (decision.from().to_string(), decision.to().unwrap().to_string());
    assert_eq!(of_2024, ("2022-04".to_owned(), "2024-02".to_owned()));
    // Nothing is left to say.
    let count = life.letters.len();
    life.until("2024-04-20");
    assert_eq!((life.letters.len(), life.count("hearing-opened")), (count, 1));
}

#[test]
fn an_objection_waits_for_staff_and_the_raise_goes_or_stands_as_they_rule() {
    for (stands, amount) in [(true, "900"), (false, "600")] {
        let mut life = household(hearing());
        states(&mut life, "2022-04-01", "30000");
        life.next_day();
        let hearing = life.hearing_asked();
        let (answered_on, answer) = (life.today, HearingAnswer::Objects);
        life.order(CaseOrder::AnswerHearing { hearing: hearing.clone(), answered_on, answer });
        life.until("2024-05-10");
        assert_eq!(fees(&life, MONTHS), ["600", "600", "600", "900"], "staff have not ruled");
        assert!(life.dead_letters.iter().any(|told| format!("{told:?}").contains("hearing_objected")));
        // What is stated meanwhile asks nothing otherwise.
        states(&mut life, "2022-05-01", "31000");
        life.next_day();
        assert_eq!(life.count("hearing-opened"), 1);
        states(&mut life, "2022-05-01", "30000");
        let (decided_on, reason) = (life.today, "Samma adress sedan april.".to_owned());
        life.order(CaseOrder::DecideHearing { hearing, decided_on, raise_stands: stands, reason });
        life.until("2024-06-30");
        assert_eq!(fees(&life, MONTHS)[1], amount);
        assert_eq!(life.count("hearing-opened"), 1, "what staff ruled is not asked again");
        let told =
            life.letters.iter().any(|letter| plain(&letter.text).contains("Samma adress sedan april."));
        assert_eq!(told, stands);
    }
}

/// A household that pays 600 since February 2023 and of which 50,000 kronor are stated in June.
fn stated_in_june() -> Life {
    let mut life = Life::of_household("2023-02-01", hearing());
    life.starts("P-1", "2021-02-01", "2023-02-01", CareForm::Preschool);
    life.declares(day("2023-02-01"), "20000");
    life.until("2023-06-04");
    states(&mut life, "2023-02-02", "50000");
    life.next_day();
    assert_eq!(life.count("hearing-opened"), 1);
    life
}

const OF_2023: [&str; 4] = ["2023-03", "2023-04", "2023-05", "2023-06"];

#[test]
fn a_hearing_proves_one_raise_and_one_after_it_is_heard_for_itself() {
    // A lower income than was asked about, and the same again.
    for (income, fee) in [("45000", "1350"), ("50000", "1500")] {
        let mut life = stated_in_june();
        life.until("2023-06-21");
        assert_eq!(fees(&life, OF_2023)[..3], ["1500"; 3]);
        let first = life.hearing_asked();
        states(&mut life, "2023-02-02", "20000");
        life.next_day();
        assert_eq!(fees(&life, OF_2023)[..3], ["600"; 3]);
        states(&mut life, "2023-02-02", income);
        life.next_day();
        assert_eq!((fees(&life, OF_2023)[1].as_str(), life.count("hearing-opened")), ("600", 2), "{income}");
        let second = life.hearing_asked();
        assert!(first != second, "each with its own answers");
        life.until("2023-07-08");
        assert_eq!(fees(&life, OF_2023), [fee; 4]);
        let decision = life.decided().pop().unwrap();
        assert_eq!(decision.hearing(), Some(&second));
        let letter = plain(&life.letters.last().unwrap().text);
        assert!(letter.contains("vi skrev den 23 juni 2023"), "{letter}");
        life.until("2023-08-31");
        assert_eq!(life.count("hearing-opened"), 2);
    }
}

#[test]
fn a_hearing_about_more_does_not_prove_the_less_that_is_stated_on_its_last_day() {
    let mut life = stated_in_june();
    life.until("2023-06-19");
    states(&mut life, "2023-02-02", "45000");
    life.next_day();
    assert_eq!(life.outcomes(), [HearingOutcome::Unanswered]);
    assert_eq!((fees(&life, OF_2023)[1].as_str(), life.count("hearing-opened")), ("600", 2));
    life.until("2023-07-05");
    assert_eq!(fees(&life, OF_2023), ["1350"; 4]);
}

#[test]
fn a_hearing_upon_which_was_decided_proves_nothing_that_comes_late() {
    let mut life = stated_in_june();
    life.until("2023-06-21");
    // Issued while the first was open, come since.
    for (issued_on, income) in [("2023-06-10", "20000"), ("2023-06-12", "50000")] {
        let (from, monthly_income) = (day("2023-02-02"), Some(kronor(income)));
        let household = ChildcareOrder::SetChildcareHousehold { from, partner: None, monthly_income };
        life.order_issued(issued_on, CaseOrder::Childcare(household));
        life.next_day();
        assert_eq!(fees(&life, OF_2023)[1], "600", "{income}");
    }
    assert_eq!(life.count("hearing-opened"), 2);
}

#[test]
fn a_raise_stated_after_another_was_dropped_is_asked_about_whatever_its_amount() {
    for (income, fee) in [("45000", "1350"), ("50000", "1500")] {
        let mut life = stated_in_june();
        drops(&mut life);
        life.until("2023-07-01");
        let barred = (fees(&life, OF_2023)[..3].to_vec(), life.count("hearing-opened"));
        assert_eq!(barred, (vec!["600".to_owned(); 3], 1), "it stays dropped");
        states(&mut life, "2023-02-02", income);
        life.next_day();
        assert_eq!(life.count("hearing-opened"), 2, "{income}");
        // What was answered to the first is no answer to this one.
        life.until("2023-07-16");
        assert_eq!(fees(&life, OF_2023)[1], "600");
        life.until("2023-07-17");
        assert_eq!(fees(&life, OF_2023), [fee; 4]);
        assert_eq!(life.outcomes(), [HearingOutcome::Dropped, HearingOutcome::Unanswered]);
    }
}

#[test]
fn a_right_income_stated_on_the_day_a_wrong_one_is_dropped_is_asked_about() {
    let mut life = stated_in_june();
    drops(&mut life);
    states(&mut life, "2023-02-02", "45000");
    life.next_day();
    assert_eq!((life.outcomes(), life.count("hearing-opened")), (vec![HearingOutcome::Dropped], 2));
    life.until("2023-07-10");
    assert_eq!(fees(&life, OF_2023), ["1350"; 4]);
}

#[test]
fn what_ends_later_asks_nothing_anew_of_a_raise_that_was_dropped() {
    let mut life = stated_in_june();
    drops(&mut life);
    life.next_day();
    let (place, given_on) = (place("P-1"), Some(life.today));
    life.childcare(ChildcareOrder::GiveNotice { place: place.clone(), given_on });
    life.next_day();
    life.childcare(ChildcareOrder::GiveNotice { place, given_on: None });
    life.until("2023-08-31");
    assert_eq!(
        (fees(&life, OF_2023)[..3].to_vec(), life.count("hearing-opened")),
        (vec!["600".to_owned(); 3], 1)
    );
}

#[test]
fn a_move_taken_back_again_is_asked_about_again() {
    let mut life = Life::of_household("2023-02-01", hearing());
    life.starts("P-1", "2021-02-01", "2023-02-01", CareForm::Preschool);
    life.declares(day("2023-02-01"), "20000");
    life.until("2023-06-04");
    let moves = |life: &mut Life, moved_on: Option<&str>| {
        let (place, moved_on) = (place("P-1"), moved_on.map(day));
        life.childcare(ChildcareOrder::MoveAway { place, moved_on });
        life.next_day();
    };
    moves(&mut life, Some("2023-03-01"));
    moves(&mut life, None);
    drops(&mut life);
    life.next_day();
    assert_eq!((life.owed_in("2023-04").as_deref(), life.count("hearing-opened")), (Some("0.00"), 1));
    moves(&mut life, Some("2023-03-01"));
    moves(&mut life, None);
    assert_eq!(life.count("hearing-opened"), 2);
}

/// Staff drop the raise that is being asked about.
fn drops(life: &mut Life) {
    let (hearing, decided_on, reason) = (life.hearing_asked(), life.today, "Fel inkomst.".to_owned());
    life.order(CaseOrder::DecideHearing { hearing, decided_on, raise_stands: false, reason });
}

#[test]
fn a_state_kept_without_a_count_of_earlier_hearings_is_read_and_has_the_same_hearing() {
    let kept = r#"{"past_fees":{"months":{}}}"#;
    let about: crate::hearing::About = serde_json::from_str(kept).unwrap();
    assert_eq!(about, crate::hearing::About::PastFees { months: Default::default(), earlier: 0 });
    assert_eq!(serde_json::to_string(&about).unwrap(), kept);
}

#[test]
fn an_answer_that_agrees_ends_the_hearing_at_once() {
    let mut life = household(hearing());
    states(&mut life, "2022-04-01", "30000");
    life.next_day();
    let (hearing, answered_on, answer) = (life.hearing_asked(), life.today, HearingAnswer::Accepts);
    life.order(CaseOrder::AnswerHearing { hearing, answered_on, answer });
    life.next_day();
    assert_eq!(life.outcomes(), [HearingOutcome::Accepted]);
    assert_eq!(fees(&life, MONTHS), ["600", "900", "900", "900"]);
}

#[test]
fn other_facts_ask_anew_and_a_statement_taken_back_asks_nothing() {
    let mut life = household(hearing());
    states(&mut life, "2022-04-01", "30000");
    life.next_day();
    states(&mut life, "2022-04-01", "40000");
    life.next_day();
    assert_eq!((life.count("hearing-opened"), life.outcomes()), (2, vec![HearingOutcome::Superseded]));
    states(&mut life, "2022-04-01", "20000");
    life.until("2024-05-10");
    assert_eq!(life.outcomes(), [HearingOutcome::Superseded; 2]);
    assert_eq!(fees(&life, MONTHS), ["600"; 4]);
}

#[test]
fn without_a_time_to_answer_nothing_past_is_raised_and_staff_are_told_which_setting_is_missing() {
    let mut life = household(Settings::default());
    states(&mut life, "2022-04-01", "30000");
    life.until("2024-04-10");
    assert_eq!(fees(&life, MONTHS), ["600", "600", "600", "900"]);
    let told: Vec<String> = life.dead_letters.iter().map(|letter| format!("{letter:?}")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    for named in ["setting_missing", "se-childcare", "answer_days", "2024-03-11"] {
        assert!(told[0].contains(named), "{named}: {}", told[0]);
    }
    life.stage = life.stage.clone().with_childcare(hearing()).unwrap();
    life.until("2024-05-01");
    assert_eq!((life.dead_letters.len(), life.count("hearing-opened")), (2, 1));
    life.until("2024-05-16");
    assert_eq!(fees(&life, MONTHS), ["600", "900", "900", "900"]);
}

#[test]
fn what_falls_waits_for_nothing_and_its_letter_names_the_refund() {
    let mut life = household(hearing());
    // Until the end of 2022 less, from then on more.
    states(&mut life, "2022-04-01", "10000");
    states(&mut life, "2023-01-01", "30000");
    life.next_day();
    assert_eq!(fees(&life, ["2022-04", "2022-12", "2023-01", "2024-03"]), ["300", "300", "600", "900"]);
    let letter = plain(&life.letters[life.letters.len() - 2].text);
    for told in [
        "Avgift från och med den 1 april 2022 till och med den 31 december 2022",
        "Du får tillbaka sammanlagt 2 700 kr",
        "Avgift från och med den 1 mars 2024 ",
    ] {
        assert!(letter.contains(told), "{told}: {letter}");
    }
    assert!(!letter.contains("2023"), "{letter}");
    life.until("2024-03-27");
    assert_eq!(fees(&life, ["2022-04", "2022-12", "2023-01", "2024-03"]), ["300", "300", "900", "900"]);
}

#[test]
fn a_place_told_of_late_is_heard_about_before_it_is_billed() {
    let mut life = Life::of_household("2024-01-01", hearing());
    life.until("2024-04-10");
    life.starts("P-1", "2021-02-01", "2024-02-01", CareForm::Preschool);
    life.declares(day("2024-04-10"), "20000");
    life.until("2024-04-12");
    assert_eq!((life.owed_in("2024-02"), life.owed_in("2024-04").is_some()), (None, true));
    life.until("2024-04-26");
    assert_eq!(life.owed_in("2024-02").as_deref(), Some("1688.00"));
}

#[test]
fn an_order_of_the_last_day_of_a_month_raises_that_month_without_a_hearing() {
    let mut life = household(hearing());
    life.until("2024-03-31");
    states(&mut life, "2024-03-16", "40000");
    life.until("2024-04-01");
    assert_eq!(life.owed_in("2024-03").as_deref(), Some("910.00"));
    assert_eq!(life.count("hearing-opened"), 0);
    let letter = plain(&life.letters.last().unwrap().text);
    assert!(letter.contains("Mars 2024, hittills 600 kr Ny avgift 910 kr"), "{letter}");
}

#[test]
fn a_late_declaration_says_nothing_of_months_that_stay_as_the_income_check_corrected_them() {
    let mut corrected = corrected();
    let count = corrected.letters.len();
    states(&mut corrected, "2022-11-01", "40000");
    corrected.until("2024-04-30");
    let months = ["2022-11", "2022-12", "2023-01", "2024-03"];
    assert_eq!(fees(&corrected, months), ["900", "900", "1200", "1200"]);
    assert!(corrected.letters.len() > count);
    for letter in &corrected.letters[count..] {
        assert!(!letter.text.contains("2022"), "{}", letter.text);
    }
    assert_eq!(corrected.count("hearing-opened"), 1);
}

/// The same household with 2022 corrected to 900 kronor a month.
fn corrected() -> Life {
    let mut life = Life::of_household("2022-03-01", hearing());
    life.starts("P-1", "2021-02-01", "2022-03-01", CareForm::Preschool);
    life.declares(day("2022-03-01"), "20000");
    life.until("2024-01-31");
    let yearly_income = kronor("360000");
    life.childcare(ChildcareOrder::StateTax { year: 2022, adult: Some(born(CUSTODIAN)), yearly_income });
    life.until("2024-02-25");
    let order =
        ChildcareOrder::ApproveCorrection { year: 2022, yearly_income, heard: Some(heard("2024-02-21")) };
    let mut message = life.command(CaseOrder::Childcare(order));
    if let messages::Message::CaseCommands(command) = &mut message {
        command.data.issued_by = "handläggare-2".to_owned();
    }
    life.message(&message);
    life.until("2024-03-10");
    assert_eq!(fees(&life, MONTHS), ["900", "900", "600", "600"]);
    life
}

#[test]
fn a_raise_of_months_that_are_over_cannot_be_made_without_a_hearing() {
    use crate::childcare::decision::{About, FeeDecision, Made};
    let made = |raised| Made {
        decision: domain::DecisionId::derive(&["d"]),
        letter: LetterId::derive(&["d"]),
        monthly: kronor("900"),
        previous: Some(kronor("600")),
        raised,
        heard: None,
        written_on: day("2024-03-11"),
        cause: messages::Cause::OwnRequest,
        causes: Vec::new(),
        evidence: Vec::new(),
    };
    let about = || About { from: day("2024-01-01"), to: None, left_out: Default::default() };
    assert!(FeeDecision::new(made(None), about(), Vec::new()).is_ok(), "of days to come");
    let raised = Some(Checked { charged: kronor("600"), right: kronor("900") });
    let error = FeeDecision::new(made(raised), about(), Vec::new()).unwrap_err();
    assert_eq!(error, messages::RaiseError::NotHeard);
}

#[test]
fn a_statement_of_five_years_ago_lowers_all_months_and_raises_those_of_three() {
    let mut life = Life::of_household("2019-01-01", hearing());
    life.starts("P-1", "2018-02-01", "2019-01-01", CareForm::Preschool);
    life.declares(day("2019-01-01"), "20000");
    life.until("2024-03-10");
    // More since 2020, but not in 2019, where it was less.
    states(&mut life, "2019-03-01", "10000");
    states(&mut life, "2020-01-01", "30000");
    life.until("2024-03-26");
    let months = ["2019-02", "2019-03", "2021-02", "2021-03"];
    assert_eq!(fees(&life, months), ["600", "300", "600", "900"]);
    let asked = life.letters.iter().find(|letter| letter.kind == messages::LetterKind::Hearing).unwrap();
    assert!(
        plain(&asked.text).contains("Mars 2021, hittills") && !asked.text.contains("2020"),
        "{}",
        asked.text
    );
    // January 2020 to February 2021 stay as they were: told to staff, and in the trace of what rises.
    let told: Vec<String> = life.dead_letters.iter().map(|letter| format!("{letter:?}")).collect();
    assert_eq!(told.len(), 14, "{told:?}");
    assert!(told.iter().all(|told| told.contains("too_late_to_correct")));
    let march = life.determinations().into_iter().rfind(|made| made.period.to_string() == "2021-03").unwrap();
    assert!(march.trace.json().contains("2020-01 would be"), "{}", march.trace.json());
}
