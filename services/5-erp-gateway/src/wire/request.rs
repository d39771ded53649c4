//! What is sent to the ERP.

use domain::{
    AuthorityId, CaseId, ChargeType, CommandId, Day, Money, Period, PersonKey, PersonalNumber, SubscriptionId,
};
use messages::{InvoiceCommand, InvoiceOrder};
use serde::Serialize;

/// An order as the ERP reads it. The personal number stands in the body only.
#[derive(Debug)]
pub(crate) struct Request {
    /// The segments of the path.
    pub(crate) path: Vec<String>,
    /// The JSON body.
    pub(crate) body: Vec<u8>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Claim {
        command_id: &'a CommandId,
        case: &'a CaseId,
        authority: &'a AuthorityId,
        charge_type: &'a ChargeType,
        payer: &'a PersonalNumber,
        payer_key: &'a PersonKey,
        period: Period,
        amount: Money,
        due_on: Day,
        text: String,
    },
    Opening {
        command_id: &'a CommandId,
        subscription: &'a SubscriptionId,
        case: &'a CaseId,
        authority: &'a AuthorityId,
        charge_type: &'a ChargeType,
        payer: &'a PersonalNumber,
        payer_key: &'a PersonKey,
        from: Period,
        valid_to: Period,
        amount: Money,
        due_day: u8,
    },
    Change {
        command_id: &'a CommandId,
        from: Period,
        amount: Money,
    },
    Renewal {
        command_id: &'a CommandId,
        valid_to: Period,
    },
    Closure {
        command_id: &'a CommandId,
        last_period: Period,
    },
}

impl Request {
    /// Writes the order. `due_day` is the day of the month on which a subscription's documents fall due, 1-28.
    pub(crate) fn of(command: &InvoiceCommand, due_day: u8) -> Result<Self, serde_json::Error> {
        let path = match &command.order {
            InvoiceOrder::Charge { .. } | InvoiceOrder::Credit { .. } => vec!["claims".to_owned()],
            InvoiceOrder::OpenSubscription { .. } => vec!["subscriptions".to_owned()],
            InvoiceOrder::ChangeSubscription { subscription, .. } => of_subscription(subscription, "changes"),
            InvoiceOrder::RenewSubscription { subscription, .. } => of_subscription(subscription, "renewals"),
            InvoiceOrder::CloseSubscription { subscription, .. } => of_subscription(subscription, "closure"),
        };
        Ok(Self { path, body: serde_json::to_vec(&body(command, due_day))? })
    }
}

fn of_subscription(subscription: &SubscriptionId, what: &str) -> Vec<String> {
    vec!["subscriptions".to_owned(), subscription.to_string(), what.to_owned()]
}

fn body(command: &InvoiceCommand, due_day: u8) -> Body<'_> {
    let InvoiceCommand { command: command_id, case, authority, charge_type, payer, payer_cpr, order, .. } =
        command;
    match order {
        InvoiceOrder::Charge { period, amount, due_on, .. }
        | InvoiceOrder::Credit { period, amount, due_on, .. } => Body::Claim {
            command_id,
            case,
            authority,
            charge_type,
            payer: payer_cpr,
            payer_key: payer,
            period: *period,
            amount: *amount,
            due_on: *due_on,
            text: format!("{charge_type} {period}"),
        },
        InvoiceOrder::OpenSubscription { subscription, from, valid_to, amount } => Body::Opening {
            command_id,
            subscription,
            case,
            authority,
            charge_type,
            payer: payer_cpr,
            payer_key: payer,
            from: *from,
            valid_to: *valid_to,
            amount: *amount,
            due_day,
        },
        InvoiceOrder::ChangeSubscription { from, amount, .. } => {
            Body::Change { command_id, from: *from, amount: *amount }
        }
        InvoiceOrder::RenewSubscription { valid_to, .. } => Body::Renewal { command_id, valid_to: *valid_to },
        InvoiceOrder::CloseSubscription { last, .. } => Body::Closure { command_id, last_period: *last },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture;

    fn sent(order: InvoiceOrder) -> (String, String) {
        let request = Request::of(&fixture::command(1, order), 5).unwrap();
        (request.path.join("/"), String::from_utf8(request.body).unwrap())
    }

    #[test]
    fn a_charge_is_a_claim_with_the_number_of_the_payer_in_its_body() {
        let (path, body) = sent(fixture::charge(4, 2137));
        let command = fixture::command(1, fixture::charge(4, 2137));
        let expected = format!(
            r#"{{"command_id":"{}","case":"DAY-1","authority":"0101","charge_type":"dk-daycare/parental-payment","payer":"2105440645","payer_key":"{}","period":"2023-04","amount":{{"amount":"2137.00","currency":"DKK"}},"due_on":"2023-04-01","text":"dk-daycare/parental-payment 2023-04"}}"#,
            command.command, command.payer
        );
        assert_eq!((path.as_str(), body), ("claims", expected));
    }

    #[test]
    fn the_orders_about_a_subscription_go_to_its_own_places() {
        let subscription = fixture::subscription();
        let places = [
            (fixture::open(), "subscriptions".to_owned()),
            (fixture::change(), format!("subscriptions/{subscription}/changes")),
            (fixture::renew(), format!("subscriptions/{subscription}/renewals")),
            (fixture::close(), format!("subscriptions/{subscription}/closure")),
        ];
        for (order, place) in places {
            assert_eq!(sent(order).0, place);
        }
    }

    #[test]
    fn only_claims_and_openings_carry_a_personal_number() {
        for (order, carries) in [
            (fixture::open(), true),
            (fixture::change(), false),
            (fixture::renew(), false),
            (fixture::close(), false),
        ] {
            let (path, body) = sent(order);
            assert_eq!(body.contains("2105440645"), carries, "{path}");
            assert!(!path.contains("2105440645"));
        }
        assert!(sent(fixture::open()).1.contains(r#""due_day":5"#));
    }
}
