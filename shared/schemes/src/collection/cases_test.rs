//! Runs the files of `cases/collection/`.

use super::{
    Addition, Claim, ClaimKind, Country, Customer, DunningStep, LimitationRule, danish_distraint_fee,
    danish_interest, danish_parameters, danish_reminder_fee, due_date, limitation, next_banking_day,
    sollentuna, swedish_demand_fee, swedish_interest, swedish_parameters, swedish_plan_fee,
    swedish_reminder_fee,
};
use crate::{Error, case_files_test};
use domain::{Currency, Day, Money, Period};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    title: String,
    source: String,
    input: Question,
    expect: Option<Expect>,
    refused: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Question {
    Due { country: Country, nominal: Day },
    BankingDay { country: Country, day: Day },
    DanishReminder { kind: ClaimKind, sent_on: Day, earlier: Vec<Day>, plan_kept: bool },
    DanishDistraint { day: Day },
    SwedishReminder { sent_on: Day, agreed: bool },
    SwedishDemand { sent_on: Day },
    SwedishPlan { made_on: Day },
    DanishInterest { principal: String, due: Day, last_timely: Day, paid_on: Day },
    SwedishInterest { principal: String, due: Day, sent_on: Day, paid_on: Day },
    Limitation(Claim),
    Schedule { fee_month: Period, customer: Customer },
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Expect {
    day: Option<Day>,
    amount: Option<String>,
    version: Option<String>,
    due: Option<Day>,
    steps: Option<Vec<Step>>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    step: DunningStep,
    from: Day,
    to: Day,
}

fn answer(question: &Question) -> Result<Expect, Error> {
    let (danish, swedish) = (danish_parameters()?, swedish_parameters()?);
    let day = |day| Ok(Expect { day: Some(day), ..Expect::default() });
    let amount = |added: Addition| Ok(Expect { amount: Some(added.amount.to_text()), ..Expect::default() });
    let money = |text: &str, currency| Money::parse(text, currency).unwrap();
    match question {
        Question::Due { country, nominal } => day(due_date(*country, *nominal)),
        Question::BankingDay { country, day: from } => day(next_banking_day(*country, *from)?),
        Question::DanishReminder { kind, sent_on, earlier, plan_kept } => {
            amount(danish_reminder_fee(*kind, *sent_on, earlier, *plan_kept, &danish)?)
        }
        Question::DanishDistraint { day } => amount(danish_distraint_fee(*day, &danish)?),
        Question::SwedishReminder { sent_on, agreed } => {
            amount(swedish_reminder_fee(*sent_on, *agreed, &swedish)?)
        }
        Question::SwedishDemand { sent_on } => amount(swedish_demand_fee(*sent_on, &swedish)?),
        Question::SwedishPlan { made_on } => amount(swedish_plan_fee(*made_on, &swedish)?),
        Question::DanishInterest { principal, due, last_timely, paid_on } => {
            let principal = money(principal, Currency::DKK);
            amount(danish_interest(principal, *due, *last_timely, *paid_on, &danish)?)
        }
        Question::SwedishInterest { principal, due, sent_on, paid_on } => {
            let principal = money(principal, Currency::SEK);
            amount(swedish_interest(principal, *due, *sent_on, *paid_on, &swedish)?)
        }
        Question::Limitation(claim) => {
            let parameters = match claim.rule {
                LimitationRule::DanishOrdinary | LimitationRule::DanishJudgment => &danish,
                LimitationRule::SwedishGeneral | LimitationRule::SwedishConsumer => &swedish,
            };
            day(limitation(claim, parameters)?.0)
        }
        Question::Schedule { fee_month, customer } => {
            let found = sollentuna()?.schedule(*fee_month, *customer)?;
            let steps = found.steps.iter().map(|s| Step { step: s.step, from: s.from, to: s.to }).collect();
            let (version, due) = (Some(found.version), Some(found.due));
            Ok(Expect { version, due, steps: Some(steps), ..Expect::default() })
        }
    }
}

fn run(text: &str) -> Result<(), String> {
    let case: Case = serde_saphyr::from_str(text).map_err(|e| e.to_string())?;
    if case.title.is_empty() || case.source.is_empty() {
        return Err("a case has its title and its source".to_owned());
    }
    case_files_test::compare(answer(&case.input), case.expect.as_ref(), case.refused.as_deref())
}

#[test]
fn every_case_comes_out_as_the_lawyer_says() {
    case_files_test::run_all("collection", 80, run);
}
