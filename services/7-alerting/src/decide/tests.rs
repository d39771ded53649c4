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
}

impl Desk {
    fn new() -> Self {
        Self { state: None, wake: None, alerts: vec![], calls: vec![] }
    }

    fn step(&mut self, on: &str, input: Input<'_, Alerting>) {
        let context = Context { key: CAUSE, today: day(on), cause: "c", evidence: &[] };
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
        self.calls.extend(effects.calls().iter().map(|call| call.id.clone()));
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
    }
    let resolved = FindingState::Resolved { on: day("2023-04-05"), evidence: "document 1".to_owned() };
    desk.step("2023-04-05", Input::Message(&lapse(1, resolved)));
    desk.morning("2023-04-06");
    desk.morning("2023-04-07");
    let states: Vec<_> = desk.alerts.iter().map(|alert| alert.state).collect();
    use AlertState::{Raised, Repeated, Resolved};
    assert_eq!(states, [Raised, Repeated, Repeated, Resolved]);
    assert!(desk.state.is_none());
    let distinct: BTreeSet<_> = desk.calls.iter().collect();
    assert_eq!(distinct.len(), desk.calls.len(), "no call replaces another");
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
fn a_receiver_that_is_down_is_tried_again_and_again() {
    let mut desk = Desk::new();
    desk.step("2023-04-02", Input::Message(&lapse(1, FindingState::Opened)));
    desk.morning("2023-04-03");
    let alert = desk.alerts[0].clone();
    for tries in [0, 3, 40] {
        let asked = Tell { receiver: Receiver::Mail, alert: alert.clone(), tries };
        let context = Context { key: CAUSE, today: day("2023-04-03"), cause: "c", evidence: &[] };
        let input = Input::Outcome { call: "id", asked, outcome: Told::NotYet };
        let effects = decide(&[], &context, desk.state.clone(), input).unwrap();
        let [call] = effects.calls() else { panic!("tried again") };
        assert_eq!(call.id, "id");
        assert!((RETRY_DELAY_MS..=RETRY_DELAY_MS_MAX).contains(&call.delay_ms));
    }
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
    let (sha256, on) = ("ab".to_owned(), day("2023-04-03"));
    let released = DeadLetter::FileReleased { sha256, on, outcome: "released".to_owned() };
    desk.step("2023-04-03", Input::Message(&message(released)));
    desk.morning("2023-04-04");
    assert_eq!(desk.alerts[1].state, AlertState::Resolved);
}
