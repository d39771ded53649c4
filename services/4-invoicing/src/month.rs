//! Charges and credits of single months.

use crate::lapse::Bills;
use crate::orders::Orders;
use crate::state::{Line, Month, MonthOrder};
use crate::{Error, InvoicingSettings};
use chrono::Days;
use domain::{Agenda, CommandId, Day, Money, Period};
use messages::InvoiceOrder;

/// So many months from its beginning a month that has had its orders keeps what they follow from: an order that the ERP
/// refuses is given again.
const REASON_MONTHS: u32 = 2;

/// Orders, for every month that is due, what is missing or too much.
pub(crate) fn bill(
    line: &mut Line,
    settings: &InvoicingSettings,
    agenda: &Agenda,
    orders: &mut Orders<'_>,
) -> Result<(), Error> {
    let periods: Vec<Period> = line.months.keys().copied().collect();
    for period in periods {
        let Some(difference) = difference(line, period, settings, agenda)? else { continue };
        let Some(month) = line.months.get_mut(&period) else { continue };
        if difference.is_zero() {
            month.forget_reason(period, agenda.today());
            continue;
        }
        let lead = Days::new(settings.command_lead_days.into());
        if !agenda.has_come(period.first_day() - lead) || !month.may_try(settings, agenda) {
            continue;
        }
        let Some(owed) = &month.owed else { continue };
        let today = agenda.today();
        let due_on =
            if owed.due_on >= today { owed.due_on } else { today + Days::new(settings.late_due_days.into()) };
        let determination = owed.determination.clone();
        let order = if difference.is_negative() {
            InvoiceOrder::Credit { period, amount: difference, due_on, determination }
        } else {
            InvoiceOrder::Charge { period, amount: difference, due_on, determination }
        };
        let command: CommandId = orders.issue(order, &[&period.to_string(), &month.orders.len().to_string()]);
        month.orders.push(MonthOrder { command, amount: difference, rejected_on: None });
    }
    Ok(())
}

/// What is owed beyond what is ordered, where that can be told.
fn difference(
    line: &Line,
    period: Period,
    settings: &InvoicingSettings,
    agenda: &Agenda,
) -> Result<Option<Money>, Error> {
    let Some(month) = line.months.get(&period) else { return Ok(None) };
    let Some(target) = month.target() else { return Ok(None) };
    let mut ordered = month.ordered(Money::zero(target.currency()))?;
    let begins = period.first_day();
    for subscription in &line.subscriptions {
        match subscription.bills(period, settings, agenda) {
            Bills::Not => {}
            Bills::Wait => return Ok(None),
            // Until the month begins, the subscription itself can be changed.
            Bills::Amount(_) if subscription.closed().is_none() && !agenda.has_come(begins) => {
                return Ok(None);
            }
            Bills::Amount(amount) => ordered = ordered.plus(amount)?,
        }
    }
    Ok(Some(target.minus(ordered)?))
}

impl Month {
    /// The sum of what was ordered and not refused.
    pub(crate) fn ordered(&self, zero: Money) -> Result<Money, Error> {
        let mut sum = zero;
        for order in self.orders.iter().filter(|order| order.rejected_on.is_none()) {
            sum = sum.plus(order.amount)?;
        }
        Ok(sum)
    }

    /// The month has had its orders, and none of them is refused any more.
    fn forget_reason(&mut self, period: Period, today: Day) {
        if period.plus_months(REASON_MONTHS).first_day() <= today
            && let Some(owed) = &mut self.owed
        {
            owed.because = None;
        }
    }

    fn may_try(&self, settings: &InvoicingSettings, agenda: &Agenda) -> bool {
        settings.may_try(self.orders.iter().filter_map(|order| order.rejected_on), agenda)
    }
}

impl InvoicingSettings {
    /// Whether, after these rejections, another attempt may be made now.
    pub(crate) fn may_try(&self, rejections: impl Iterator<Item = domain::Day>, agenda: &Agenda) -> bool {
        let (count, last) = rejections.fold((0, None), |(count, last), day| (count + 1, last.max(Some(day))));
        let rested = last.is_none_or(|day| agenda.has_come(day + Days::new(self.rejected_retry_days.into())));
        count < self.rejections_max && rested
    }
}
