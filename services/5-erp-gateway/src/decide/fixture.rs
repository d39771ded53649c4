//! A case with its orders, for the tests.

use crate::call::{ErpCall, ErpOutcome};
use crate::state::State;
use crate::{Gateway, GatewaySettings};
use domain::{
    AuthorityId, CaseId, ChargeType, CommandId, Cpr, Day, DeterminationId, Money, Period, PersonKey,
    PersonSecret, SubscriptionId,
};
use messages::{Body, InvoiceCommand, InvoiceOrder, Message};
use runtime::{Change, Context, Effects, Input, PlannedCall, Refusal, Stage};

pub(crate) fn day(n: u32) -> Day {
    Day::from_ymd_opt(2023, 4, n).unwrap()
}

fn cpr() -> Cpr {
    Cpr::parse("2105440645").unwrap()
}

pub(crate) fn payer() -> PersonKey {
    PersonSecret::new(*b"0123456789abcdef").unwrap().person_key(&cpr())
}

pub(crate) fn subscription() -> SubscriptionId {
    SubscriptionId::derive(&["DAY-1"])
}

fn month(n: u32) -> Period {
    Period::new(2023, n).unwrap()
}

pub(crate) fn charge(month_of: u32, kroner: i64) -> InvoiceOrder {
    let determination = DeterminationId::derive(&["1"]);
    InvoiceOrder::Charge {
        period: month(month_of),
        amount: Money::dkk(kroner),
        due_on: day(1),
        determination,
    }
}

pub(crate) fn credit(month_of: u32, kroner: i64) -> InvoiceOrder {
    let determination = DeterminationId::derive(&["1"]);
    InvoiceOrder::Credit {
        period: month(month_of),
        amount: Money::dkk(kroner),
        due_on: day(1),
        determination,
    }
}

pub(crate) fn open() -> InvoiceOrder {
    let amount = Money::dkk(2137);
    InvoiceOrder::OpenSubscription {
        subscription: subscription(),
        from: month(1),
        valid_to: month(3),
        amount,
    }
}

pub(crate) fn change() -> InvoiceOrder {
    InvoiceOrder::ChangeSubscription {
        subscription: subscription(),
        from: month(3),
        amount: Money::dkk(1811),
    }
}

pub(crate) fn renew() -> InvoiceOrder {
    InvoiceOrder::RenewSubscription { subscription: subscription(), valid_to: month(6) }
}

pub(crate) fn close() -> InvoiceOrder {
    InvoiceOrder::CloseSubscription { subscription: subscription(), last: month(5) }
}

pub(crate) fn command(n: u32, order: InvoiceOrder) -> InvoiceCommand {
    InvoiceCommand {
        command: CommandId::derive(&["test", &n.to_string()]),
        case: CaseId::parse("DAY-1").unwrap(),
        authority: AuthorityId::parse("0101").unwrap(),
        charge_type: ChargeType::parse("dk-daycare/parental-payment").unwrap(),
        payer: payer(),
        payer_cpr: cpr().into(),
        issued_on: day(1),
        order,
    }
}

/// One key of the gateway, as the runtime drives it: state and planned calls, one input at a time.
pub(crate) struct Key {
    pub(crate) gateway: Gateway,
    pub(crate) key: &'static str,
    pub(crate) state: Option<State>,
    pub(crate) today: Day,
    pub(crate) calls: Vec<PlannedCall>,
    pub(crate) messages: Vec<runtime::Outgoing>,
}

impl Key {
    pub(crate) fn new(key: &'static str, settings: GatewaySettings) -> Self {
        let gateway = Gateway::new(settings);
        Self { gateway, key, state: None, today: day(2), calls: Vec::new(), messages: Vec::new() }
    }

    /// Decides, and saves what was decided.
    pub(crate) fn feed(&mut self, input: Input<'_, Gateway>) -> Result<(), Refusal> {
        let context =
            Context { key: self.key, today: self.today, cause: "message-1", evidence: &[], trace: "" };
        // The state goes through its stored form each time, as in the store.
        let stored = serde_json::to_string(&self.state).unwrap();
        let effects: Effects<Gateway> =
            self.gateway.decide(&context, serde_json::from_str(&stored).unwrap(), input)?;
        match effects.state() {
            Change::Keep => {}
            Change::Put(state) => self.state = Some(state.clone()),
            Change::Delete => self.state = None,
        }
        for call in effects.calls() {
            self.calls.retain(|planned| planned.id != call.id);
            self.calls.push(call.clone());
        }
        self.messages.extend_from_slice(effects.messages());
        Ok(())
    }

    pub(crate) fn order(&mut self, command: &InvoiceCommand) -> Result<(), Refusal> {
        let body = Body { causes: Vec::new(), evidence: Vec::new(), data: command.clone() };
        self.feed(Input::Message(&Message::InvoiceCommands(body)))
    }

    /// The first planned call ends like this.
    pub(crate) fn end(&mut self, outcome: ErpOutcome) -> Result<(), Refusal> {
        let (id, asked) = self.take();
        self.feed(Input::Outcome { call: &id, asked, outcome })
    }

    /// The process dies during the first planned call.
    pub(crate) fn interrupt(&mut self) -> Result<(), Refusal> {
        let (id, asked) = self.take();
        self.feed(Input::Interrupted { call: &id, asked })
    }

    fn take(&mut self) -> (String, ErpCall) {
        let call = self.calls.remove(0);
        (call.id, serde_json::from_str(&call.request).unwrap())
    }

    /// What is planned: `post`, `query` or `read`, and after how many milliseconds.
    pub(crate) fn planned(&self) -> Vec<(&'static str, u64)> {
        let name = |call: &PlannedCall| match serde_json::from_str(&call.request).unwrap() {
            ErpCall::Post(_) => "post",
            ErpCall::Query(_) => "query",
            ErpCall::ReadLedger { .. } => "read",
        };
        self.calls.iter().map(|call| (name(call), call.delay_ms)).collect()
    }

    /// The kinds of the messages so far.
    pub(crate) fn told(&self) -> Vec<&'static str> {
        self.messages.iter().map(|message| message.kind).collect()
    }
}
