//! A letter is given to the channel until it takes it; then the delivery is reported.

use crate::{Delivery, Letters, OnTheWay};
use messages::{CaseCommand, CaseOrder, Letter, Message};
use runtime::{Context, Effects, Input, Refusal};

/// How long to wait before a letter is tried again, in milliseconds: a full disk is not emptied faster.
const RETRY_DELAY_MS: u64 = 30_000;
/// The channel, as delivery reports name it.
const CHANNEL: &str = "directory";

pub fn decide(
    context: &Context<'_>,
    mut state: OnTheWay,
    input: Input<'_, Letters>,
) -> Result<Effects<Letters>, Refusal> {
    let mut effects = Effects::none();
    match input {
        Input::Message(Message::Letters(body)) => {
            let letter = &body.data;
            if state.letters.insert(letter.letter.clone()) {
                effects.call(letter.letter.as_str(), letter, 0);
            }
        }
        Input::Outcome { asked, outcome: Delivery::Delivered, .. } => {
            effects.send(&delivered(context, &asked));
            state.letters.remove(&asked.letter);
        }
        Input::Outcome { asked, outcome: Delivery::Failed, .. } => {
            effects.call(asked.letter.as_str(), &asked, RETRY_DELAY_MS);
        }
        // The same letter is written under the same name: to write it again changes nothing.
        Input::Interrupted { asked, .. } => effects.call(asked.letter.as_str(), &asked, 0),
        _ => return Err(Refusal::new("unexpected_input", "the letter service reads letters only")),
    }
    if state.letters.is_empty() {
        effects.delete()
    } else {
        effects.put(state)
    }
    Ok(effects)
}

fn delivered(context: &Context<'_>, letter: &Letter) -> CaseCommand {
    CaseCommand {
        id: letter.letter.to_string(),
        case: letter.case.clone(),
        authority: letter.authority.clone(),
        issued_on: context.today,
        issued_by: "letters".to_owned(),
        order: CaseOrder::LetterDelivered {
            letter: letter.letter.clone(),
            delivered_on: context.today,
            channel: CHANNEL.to_owned(),
        },
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use domain::{AuthorityId, CaseId, Cpr, LetterId, PersonSecret};
    use messages::{Body, LetterKind, Party};
    use runtime::Change;

    pub fn letter() -> Letter {
        let cpr = Cpr::parse("2105440645").unwrap();
        let person = PersonSecret::new(*b"0123456789abcdef").unwrap().person_key(&cpr);
        Letter {
            letter: LetterId::derive(&["l"]),
            case: CaseId::parse("K-1").unwrap(),
            authority: AuthorityId::parse("0101").unwrap(),
            recipient: Party { person, cpr: cpr.into() },
            kind: LetterKind::Decision,
            hearing: None,
            written_on: "2023-04-01".parse().unwrap(),
            title: "t".to_owned(),
            text: "x".to_owned(),
            html: "<p>x</p>".to_owned(),
        }
    }

    fn step(state: OnTheWay, input: Input<'_, Letters>) -> Effects<Letters> {
        let today = "2023-04-03".parse().unwrap();
        decide(&Context { key: "K-1", today, cause: "c", evidence: &[], trace: "" }, state, input).unwrap()
    }

    #[test]
    fn a_delivery_is_reported_only_when_the_channel_has_taken_the_letter() {
        let message = Message::Letters(Body { causes: vec![], evidence: vec![], data: letter() });
        let effects = step(OnTheWay::default(), Input::Message(&message));
        assert!(effects.messages().is_empty());
        let Change::Put(state) = effects.state().clone() else { panic!("the letter is not kept") };
        assert!(
            step(state.clone(), Input::Message(&message)).calls().is_empty(),
            "it is given to the channel once"
        );

        let failed =
            step(state.clone(), Input::Outcome { call: "l", asked: letter(), outcome: Delivery::Failed });
        assert!(failed.messages().is_empty());
        assert_eq!(failed.calls()[0].delay_ms, RETRY_DELAY_MS);

        let done = step(state, Input::Outcome { call: "l", asked: letter(), outcome: Delivery::Delivered });
        let report: CaseCommand = done.messages()[0].content().unwrap();
        assert!(
            matches!(report.order, CaseOrder::LetterDelivered { delivered_on, .. } if delivered_on == report.issued_on)
        );
        assert_eq!(done.state(), &Change::Delete);
    }
}
