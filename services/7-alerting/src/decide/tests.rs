use super::*;
use domain::{AuthorityId, CaseId, ChargeType, FindingId};
use messages::Body;
use runtime::Change;

const CAUSE: &str = "subscription_lapsed/0101/dk-daycare/parental-payment/2023-04";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn lapse(case: u32, state: FindingState) -> Message {
    Message::ReconciliationFindings(Body {
        causes: vec![],
        evidence: vec![],
        data: Finding {
            finding: FindingId::derive(&[&case.to_string()]),
            class: FindingClass::SubscriptionLapsed,
            cause: CAUSE.to_owned(),
            case: Some(CaseId::parse(format!("K-{case}")).unwrap()),
            authority: Some(AuthorityId::parse("0101").unwrap()),
            payer: None,
            charge_type: ChargeType::parse("dk-daycare/parental-payment").unwrap(),
            period: "2023-04".parse().unwrap(),
            amount: Money::dkk(1000),
            opened_on: day("2023-04-02"),
            state,
            detail: String::new(),
            documents: vec![],
        },
    })
}

/// A cause driven by messages and mornings.
struct Desk {
    state: Option<Trouble>,
    wake: Option<Day>,
    alerts: Vec<Alert>,
    calls: Vec<String>,
    /// Calls that are planned and have not ended.
    pending: Vec<(String, Tell)>,
}

impl Desk {
    fn new() -> Self {
        Self { state: None, wake: None, alerts: vec![], calls: vec![], pending: vec![] }
    }

    fn step(&mut self, on: &str, input: Input<'_, Alerting>) {
        let context = Context { key: CAUSE, today: day(on), cause: "c", evidence: &[], trace: "" };
        let receivers = [Receiver::Webhook, Receiver::Mail];
        let effects = decide(&receivers, &context, self.state.clone(), input).unwrap();
        match effects.state().clone() {
            Change::Put(state) => self.state = Some(state),
            Change::Delete => self.state = None,
            Change::Keep => {}
        }
        for (_, due) in effects.timers() {
            self.wake = *due;
        }
        self.alerts.extend(effects.messages().iter().map(|message| message.content::<Alert>().unwrap()));
        for call in effects.calls() {
            self.calls.push(call.id.clone());
            self.pending.push((call.id.clone(), serde_json::from_str(&call.request).unwrap()));
        }
    }

    /// Ends the calls that are planned now; gives what the receiver has taken.
    fn call(&mut self, on: &str, outcome: impl Fn(&Tell) -> Told) -> Vec<(Receiver, AlertState, Day)> {
        let mut taken = Vec::new();
        for (call, asked) in std::mem::take(&mut self.pending) {
            let outcome = outcome(&asked);
            if outcome == Told::Accepted {
                taken.push((asked.receiver, asked.alert.state, asked.alert.on));
            }
            self.step(on, Input::Outcome { call: &call, asked, outcome });
        }
        taken
    }

    fn morning(&mut self, on: &str) {
        if self.wake.is_some_and(|due| due <= day(on)) {
            self.wake = None;
            self.step(on, Input::Timer(TELL_TIMER));
        }
    }
}

#[test]
fn thirty_three_lapses_of_one_cause_are_one_alert_with_their_kroner() {
    let mut desk = Desk::new();
    for case in 0..33 {
        desk.step("2023-04-02", Input::Message(&lapse(case, FindingState::Opened)));
    }
    assert!(desk.alerts.is_empty());
    desk.morning("2023-04-03");
    let [alert] = desk.alerts.as_slice() else { panic!("one alert") };
    assert_eq!((alert.count, alert.items.len()), (33, 33));
    assert_eq!(alert.amount, Some(Money::dkk(33_000)));
    assert_eq!(desk.calls.len(), 2, "each receiver once");
}

#[test]
fn an_alert_is_repeated_daily_until_the_last_finding_is_resolved_and_then_ends_by_itself() {
    let mut desk = Desk::new();
    desk.step("2023-04-02", Input::Message(&lapse(1, FindingState::Opened)));
    for morning in ["2023-04-03", "2023-04-04", "2023-04-05"] {
        desk.morning(morning);
        desk.call(morning, |_| Told::Accepted);
    }
    desk.step("2023-04-05", Input::Message(&lapse(1, resolved("2023-04-05"))));
    desk.morning("2023-04-06");
    desk.call("2023-04-06", |_| Told::Accepted);
    desk.morning("2023-04-07");
    let states: Vec<_> = desk.alerts.iter().map(|alert| alert.state).collect();
    use AlertState::{Raised, Repeated, Resolved};
    assert_eq!(states, [Raised, Repeated, Repeated, Resolved]);
    assert!(desk.state.is_none());
    let distinct: BTreeSet<_> = desk.calls.iter().collect();
    assert_eq!(distinct.len(), desk.calls.len(), "no call replaces another");
}

fn resolved(on: &str) -> FindingState {
    FindingState::Resolved { on: day(on), evidence: "document 1".to_owned() }
}

#[test]
fn a_receiver_that_was_down_gets_what_it_missed_in_order_and_the_end_last() {
    let mut desk = Desk::new();
    let mail_only =
        |asked: &Tell| if asked.receiver == Receiver::Mail { Told::Accepted } else { Told::NotYet };
    desk.step("2023-04-02", Input::Message(&lapse(1, FindingState::Opened)));
    let mut mail = Vec::new();
    for morning in ["2023-04-03", "2023-04-04", "2023-04-05"] {
        desk.morning(morning);
        mail.extend(desk.call(morning, mail_only));
        assert_eq!(desk.pending.len(), 1, "one call to the webhook, whatever waits");
    }
    desk.step("2023-04-05", Input::Message(&lapse(1, resolved("2023-04-05"))));
    desk.morning("2023-04-06");
    mail.extend(desk.call("2023-04-06", mail_only));
    use AlertState::{Raised, Repeated, Resolved};
    let mail: Vec<_> = mail.into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(mail, [Raised, Repeated, Repeated, Resolved], "it waits for nobody");
    let mut webhook = Vec::new();
    while !desk.pending.is_empty() {
        webhook.extend(desk.call("2023-04-07", |_| Told::Accepted));
    }
    let webhook: Vec<_> = webhook.into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(webhook, [Raised, Resolved], "the repeats between say less than the end");
    assert!(desk.state.is_none(), "nothing of the cause is kept");
}

#[test]
fn a_repeat_that_was_not_taken_gives_way_to_what_is_known_since() {
    let mut desk = Desk::new();
    desk.step("2023-04-02", Input::Message(&lapse(1, FindingState::Opened)));
    desk.morning("2023-04-03");
    desk.call("2023-04-03", |_| Told::Accepted);
    for morning in ["2023-04-04", "2023-04-05", "2023-04-06"] {
        desk.morning(morning);
        desk.call(morning, |_| Told::NotYet);
    }
    let taken = desk.call("2023-04-06", |_| Told::Accepted);
    let on = day("2023-04-06");
    let repeated = |receiver| (receiver, AlertState::Repeated, on);
    assert_eq!(taken, [repeated(Receiver::Webhook), repeated(Receiver::Mail)]);
    assert!(desk.pending.is_empty());
}

#[test]
fn nothing_that_waits_for_a_receiver_is_lost_and_only_the_newest_keep_all_their_items() {
    let mut desk = Desk::new();
    let mut date = day("2023-04-02");
    for _ in 0..40 {
        for number in 1..=12 {
            desk.step(&date.to_string(), Input::Message(&lapse(number, FindingState::Opened)));
        }
        desk.step(&date.to_string(), Input::Timer(TELL_TIMER));
        date = later(date, 1);
        for number in 2..=12 {
            desk.step(&date.to_string(), Input::Message(&lapse(number, resolved(&date.to_string()))));
        }
        desk.step(&date.to_string(), Input::Message(&lapse(1, resolved(&date.to_string()))));
        desk.step(&date.to_string(), Input::Timer(TELL_TIMER));
        date = later(date, 1);
    }
    let raised: Vec<usize> = desk.state.as_ref().unwrap().telling[&Receiver::Webhook]
        .waiting
        .iter()
        .filter(|waiting| waiting.alert.state == AlertState::Raised)
        .map(|waiting| waiting.alert.items.len())
        .collect();
    assert_eq!((raised.first(), raised.last()), (Some(&10), Some(&12)));
    let mut taken = Vec::new();
    while !desk.pending.is_empty() {
        taken.extend(desk.call(&date.to_string(), |_| Told::Accepted));
    }
    taken.retain(|(receiver, ..)| *receiver == Receiver::Webhook);
    assert_eq!(taken.len(), 80);
    assert!(taken.is_sorted_by_key(|(_, _, on)| *on));
    assert_eq!(taken.last().unwrap().1, AlertState::Resolved);
    assert!(desk.state.is_none());
}

#[test]
fn a_receiver_that_is_down_for_years_keeps_the_latest_of_a_cause_that_comes_and_goes() {
    let mut desk = Desk::new();
    let mut date = day("2023-04-02");
    for _ in 0..400 {
        desk.step(&date.to_string(), Input::Message(&lapse(1, FindingState::Opened)));
        desk.step(&date.to_string(), Input::Timer(TELL_TIMER));
        date = later(date, 1);
        let resolved = FindingState::Resolved { on: date, evidence: "document 1".to_owned() };
        desk.step(&date.to_string(), Input::Message(&lapse(1, resolved)));
        desk.step(&date.to_string(), Input::Timer(TELL_TIMER));
        date = later(date, 1);
    }
    let mut taken = Vec::new();
    while !desk.pending.is_empty() {
        taken.extend(desk.call(&date.to_string(), |_| Told::Accepted));
    }
    taken.retain(|(receiver, ..)| *receiver == Receiver::Webhook);
    assert!((199..=202).contains(&taken.len()), "{}", taken.len());
    let expected = [AlertState::Raised, AlertState::Resolved].into_iter().cycle();
    assert!(taken.iter().zip(expected).all(|((_, state, _), expected)| *state == expected));
    assert!(taken.is_sorted_by_key(|(_, _, on)| *on));
    assert_eq!(taken.last().unwrap().2, date.pred_opt().unwrap());
    assert!(desk.state.is_none());
}

#[test]
fn what_comes_every_morning_before_it_is_told_does_not_put_it_off() {
    let mut desk = Desk::new();
    desk.step("2023-04-02", Input::Message(&lapse(1, FindingState::Opened)));
    for (number, date) in [(2, "2023-04-03"), (3, "2023-04-04")] {
        desk.step(date, Input::Message(&lapse(number, FindingState::Opened)));
        assert!(desk.wake.unwrap() <= day(date), "{date}");
        desk.morning(date);
        assert_eq!(desk.alerts.last().unwrap().on, day(date));
    }
}

#[test]
fn what_is_over_before_the_morning_is_not_told() {
    let mut desk = Desk::new();
    desk.step("2023-04-02", Input::Message(&lapse(1, FindingState::Opened)));
    let resolved = FindingState::Resolved { on: day("2023-04-02"), evidence: "document 1".to_owned() };
    desk.step("2023-04-02", Input::Message(&lapse(1, resolved)));
    desk.morning("2023-04-03");
    assert!(desk.alerts.is_empty() && desk.state.is_none());
}

#[test]
fn a_receiver_that_is_down_is_tried_again_and_again_and_ever_more_slowly() {
    let mut desk = Desk::new();
    desk.step("2023-04-02", Input::Message(&lapse(1, FindingState::Opened)));
    desk.morning("2023-04-03");
    let (call, asked) = desk.pending[0].clone();
    for (tries, delay_ms) in [(0, RETRY_DELAY_MS), (3, 40_000), (40, RETRY_DELAY_MS_MAX)] {
        let asked = Tell { tries, ..asked.clone() };
        let context = Context { key: CAUSE, today: day("2023-04-03"), cause: "c", evidence: &[], trace: "" };
        let input = Input::Outcome { call: &call, asked, outcome: Told::NotYet };
        let effects = decide(&[], &context, desk.state.clone(), input).unwrap();
        let [next] = effects.calls() else { panic!("tried again") };
        assert_eq!((&next.id, next.delay_ms), (&call, delay_ms));
    }
}

#[test]
fn a_call_that_no_state_knows_is_made_until_it_is_taken() {
    let mut desk = Desk::new();
    desk.step("2023-04-02", Input::Message(&lapse(1, FindingState::Opened)));
    desk.morning("2023-04-03");
    desk.state = None;
    desk.pending.truncate(1);
    assert!(desk.call("2023-04-03", |_| Told::NotYet).is_empty());
    assert_eq!(desk.call("2023-04-03", |_| Told::Accepted).len(), 1);
    assert!(desk.pending.is_empty() && desk.state.is_none());
}

#[test]
fn a_held_file_is_an_alert_until_it_is_released() {
    let mut desk = Desk::new();
    let message = |letter| Message::DeadLetters(Body { causes: vec![], evidence: vec![], data: letter });
    let held = DeadLetter::FileHeld {
        sha256: "ab".to_owned(),
        file: "d110901.l000001".to_owned(),
        on: day("2023-04-02"),
        code: "production_date_gap".to_owned(),
        detail: String::new(),
    };
    desk.step("2023-04-02", Input::Message(&message(held)));
    desk.morning("2023-04-03");
    assert_eq!(desk.alerts[0].items, ["d110901.l000001: production_date_gap"]);
    desk.call("2023-04-03", |_| Told::Accepted);
    let (sha256, on) = ("ab".to_owned(), day("2023-04-03"));
    let released = DeadLetter::FileReleased { sha256, on, outcome: "released".to_owned() };
    desk.step("2023-04-03", Input::Message(&message(released)));
    desk.morning("2023-04-04");
    assert_eq!(desk.alerts[1].state, AlertState::Resolved);
}
