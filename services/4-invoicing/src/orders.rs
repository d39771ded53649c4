//! The orders of one line that are issued today.

use domain::{CaseId, ChargeType, CommandId, Cpr, Day, PersonKey};
use messages::{InvoiceCommand, InvoiceOrder};

/// Collects the orders of one line, each with the id of what it is about.
pub(crate) struct Orders<'a> {
    pub(crate) case: &'a CaseId,
    pub(crate) authority: domain::AuthorityId,
    pub(crate) payer: &'a PersonKey,
    pub(crate) payer_cpr: Cpr,
    pub(crate) charge_type: &'a ChargeType,
    pub(crate) today: Day,
    pub(crate) issued: Vec<InvoiceCommand>,
}

impl Orders<'_> {
    /// Issues an order. `about` tells it from every other order of this line, also from earlier attempts.
    pub(crate) fn issue(&mut self, order: InvoiceOrder, about: &[&str]) -> CommandId {
        let mut parts =
            vec![order.name(), self.case.as_str(), self.payer.as_str(), self.charge_type.as_str()];
        parts.extend_from_slice(about);
        let command = CommandId::derive(&parts);
        self.issued.push(InvoiceCommand {
            command: command.clone(),
            case: self.case.clone(),
            authority: self.authority.clone(),
            charge_type: self.charge_type.clone(),
            payer: self.payer.clone(),
            payer_cpr: self.payer_cpr.clone(),
            issued_on: self.today,
            order,
        });
        command
    }
}
