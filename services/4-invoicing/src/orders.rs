//! The orders of one line that are issued today.

use crate::decide::Issued;
use domain::{CaseId, ChargeType, CommandId, Day, Period, PersonKey, PersonalNumber};
use messages::{InvoiceCommand, InvoiceOrder};
use runtime::Because;
use std::collections::BTreeMap;

/// Collects the orders of one line, each with the id of what it is about.
pub(crate) struct Orders<'a> {
    pub(crate) case: &'a CaseId,
    pub(crate) authority: domain::AuthorityId,
    pub(crate) payer: &'a PersonKey,
    pub(crate) payer_cpr: PersonalNumber,
    pub(crate) charge_type: &'a ChargeType,
    pub(crate) today: Day,
    /// What was determined last of each month that has not begun, or had not when the last run ended.
    pub(crate) because: BTreeMap<Period, Because>,
    pub(crate) issued: Vec<Issued>,
}

impl Orders<'_> {
    /// Issues an order. `about` tells it from every other order of this line, also from earlier attempts.
    pub(crate) fn issue(&mut self, order: InvoiceOrder, about: &[&str]) -> CommandId {
        let mut parts =
            vec![order.name(), self.case.as_str(), self.payer.as_str(), self.charge_type.as_str()];
        parts.extend_from_slice(about);
        let command = CommandId::derive(&parts);
        let because = month(&order).and_then(|month| self.because.get(&month)).cloned();
        let issued = InvoiceCommand {
            command: command.clone(),
            case: self.case.clone(),
            authority: self.authority.clone(),
            charge_type: self.charge_type.clone(),
            payer: self.payer.clone(),
            payer_cpr: self.payer_cpr.clone(),
            issued_on: self.today,
            order,
        };
        self.issued.push((issued, because));
        command
    }
}

/// The month whose determination the order follows from, where it is one.
fn month(order: &InvoiceOrder) -> Option<Period> {
    match order {
        InvoiceOrder::Charge { period, .. } | InvoiceOrder::Credit { period, .. } => Some(*period),
        InvoiceOrder::OpenSubscription { from, .. } | InvoiceOrder::ChangeSubscription { from, .. } => {
            Some(*from)
        }
        InvoiceOrder::CloseSubscription { last, .. } => Some(last.next()),
        InvoiceOrder::RenewSubscription { .. } => None,
    }
}
