//! The gateway's decisions and client against the sandbox ERP over HTTP: both keep the same contract.

use domain::{
    AuthorityId, CaseId, ChargeType, CommandId, Cpr, Day, DeterminationId, Money, Period, PersonSecret,
};
use erp_gateway::{Connection, ErpCall, ErpClient, Gateway, GatewaySettings, LEDGER_KEY, State, Tls};
use erp_sandbox::{Faults, RunningSandbox, Sandbox, SandboxConfig};
use messages::{Body, CalendarDay, ErpEvent, ErpFact, InvoiceCommand, InvoiceOrder, Message, Phase};
use runtime::{Caller, Change, Context, Input, Stage};
use std::collections::BTreeMap;
use std::time::Duration;

/// The gateway with its states and planned calls, and the sandbox it talks to.
struct Town {
    gateway: Gateway,
    client: ErpClient,
    sandbox: RunningSandbox,
    states: BTreeMap<String, State>,
    events: Vec<ErpEvent>,
    _data: tempfile::TempDir,
}

impl Town {
    async fn with(faults: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let config = SandboxConfig {
            data_dir: data.path().to_owned(),
            bind: ([127, 0, 0, 1], 0).into(),
            token: None,
            faults: Faults::parse(&format!("seed: 7\nfaults: [{faults}]")).unwrap(),
            faults_log: None,
        };
        let sandbox = Sandbox::start(config).await.unwrap();
        let client = ErpClient::new(Connection {
            url: sandbox.base_url().parse().unwrap(),
            token: "any".into(),
            tls: Tls::default(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(10),
            rate_per_second: 10_000,
            rate_burst: 100,
            breaker_failures: 5,
            breaker_open: Duration::from_secs(30),
            page_entries: 2,
            due_day: 1,
        })
        .unwrap();
        let gateway = Gateway::new(GatewaySettings::default());
        Self { gateway, client, sandbox, states: BTreeMap::new(), events: Vec::new(), _data: data }
    }

    async fn day(&self, date: &str, payments: bool) {
        let url = format!("{}/sandbox/day", self.sandbox.base_url());
        let body = serde_json::json!({ "date": date, "payments": payments });
        let answer = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success());
    }

    /// Feeds an input and carries out every call that follows from it.
    async fn feed(&mut self, key: &str, input: Input<'_, Gateway>) {
        let mut calls = self.decide(key, input);
        while let Some(planned) = calls.pop() {
            tokio::time::sleep(Duration::from_millis(planned.delay_ms)).await;
            let asked: ErpCall = serde_json::from_str(&planned.request).unwrap();
            let outcome = self.client.call(key, &planned.id, asked.clone()).await;
            calls.extend(self.decide(key, Input::Outcome { call: &planned.id, asked, outcome }));
        }
    }

    fn decide(&mut self, key: &str, input: Input<'_, Gateway>) -> Vec<runtime::PlannedCall> {
        let today = Day::from_ymd_opt(2023, 4, 1).unwrap();
        let context = Context { key, today, cause: "message", evidence: &[], trace: "" };
        let effects = self.gateway.decide(&context, self.states.get(key).cloned(), input).unwrap();
        if let Change::Put(state) = effects.state() {
            self.states.insert(key.to_owned(), state.clone());
        }
        self.events.extend(effects.messages().iter().map(|message| message.content().unwrap()));
        effects.calls().to_vec()
    }

    async fn order(&mut self, case: &str, order: InvoiceOrder) {
        let payer_cpr = Cpr::parse("2105440645").unwrap();
        let data = InvoiceCommand {
            command: CommandId::derive(&[case, &format!("{order:?}")]),
            case: CaseId::parse(case).unwrap(),
            authority: AuthorityId::parse("0101").unwrap(),
            charge_type: ChargeType::parse("dk-daycare/parental-payment").unwrap(),
            payer: PersonSecret::new(*b"0123456789abcdef").unwrap().person_key(&payer_cpr),
            payer_cpr: payer_cpr.into(),
            issued_on: Day::from_ymd_opt(2023, 3, 20).unwrap(),
            order,
        };
        let body = Body { causes: Vec::new(), evidence: Vec::new(), data };
        self.feed(case, Input::Message(&Message::InvoiceCommands(body))).await;
    }

    async fn read_ledger(&mut self) {
        let date = Day::from_ymd_opt(2023, 4, 1).unwrap();
        self.feed(LEDGER_KEY, Input::Day(CalendarDay { date, phase: Phase::Closing })).await;
    }

    /// What was told of a case, in order and without the details.
    fn told(&self, case: &str) -> Vec<&'static str> {
        let of_case = |event: &&ErpEvent| event.case.as_ref().is_some_and(|c| c.as_str() == case);
        self.events.iter().filter(of_case).map(messages::Content::kind).collect()
    }
}

fn charge(kroner: i64) -> InvoiceOrder {
    InvoiceOrder::Charge {
        period: Period::new(2023, 4).unwrap(),
        amount: Money::dkk(kroner),
        due_on: Day::from_ymd_opt(2023, 4, 1).unwrap(),
        determination: DeterminationId::derive(&["1"]),
    }
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_found_again_and_posted_once() {
    let mut town = Town::with("{kind: timeout_after_post, cases: [C-1]}, {kind: reject, cases: [C-2]}").await;
    town.day("2023-03-20", false).await;
    town.order("C-1", charge(100)).await;
    town.order("C-2", charge(200)).await;
    town.read_ledger().await;
    assert_eq!(town.told("C-1"), ["command-unknown", "command-accepted", "document-posted"]);
    assert_eq!(town.told("C-2"), ["command-rejected"]);
}

#[tokio::test]
async fn everything_that_the_ledger_shows_of_an_order_comes_under_its_case() {
    let mut town =
        Town::with("{kind: cancel, days: 1, cases: [C-1]}, {kind: unexpected, cases: [C-2]}").await;
    town.day("2023-03-20", false).await;
    town.order("C-1", charge(100)).await;
    town.order("C-2", charge(200)).await;
    let subscription = domain::SubscriptionId::derive(&["C-3"]);
    let (from, valid_to) = (Period::new(2023, 3).unwrap(), Period::new(2023, 3).unwrap());
    let amount = Money::dkk(300);
    let open = InvoiceOrder::OpenSubscription { subscription: subscription.clone(), from, valid_to, amount };
    town.order("C-3", open).await;
    let renew = InvoiceOrder::RenewSubscription { subscription: subscription.clone(), valid_to: from.next() };
    town.order("C-3", renew).await;
    let last = from.next();
    town.order("C-3", InvoiceOrder::CloseSubscription { subscription, last }).await;
    town.day("2023-05-01", true).await;
    town.read_ledger().await;
    assert_eq!(town.told("C-1"), ["command-accepted", "document-posted", "document-cancelled"]);
    assert_eq!(town.told("C-2")[..2], ["command-accepted", "document-posted"]);
    let subscription = town.told("C-3");
    for (kind, times) in [("command-accepted", 3), ("document-posted", 2), ("payment-received", 2)] {
        assert_eq!(subscription.iter().filter(|told| **told == kind).count(), times, "{kind}");
    }
    assert_eq!(subscription.last(), Some(&"subscription-reported"), "it has ended");
    let unexpected = town.events.iter().filter(|event| event.case.is_none());
    let facts: Vec<&ErpFact> = unexpected.map(|event| &event.fact).collect();
    assert!(facts.iter().any(|fact| matches!(fact, ErpFact::DocumentPosted(_))), "{facts:?}");
}
