use super::event;
use crate::decide::fixture::{command, day, open, payer, subscription};
use crate::wire::LedgerPage;
use domain::{CaseId, Money, Period};
use messages::{Content, ErpFact, PostedDocument, SubscriptionState};

/// The ledger page of the contract, with another document that nobody ordered.
const PAGE: &str = r#"{"entries": [
  {"seq":1,"kind":"receipt","command_id":"COMMAND","receipt":"R1","case":"DAY-1"},
  {"seq":2,"kind":"document","document_no":"D2","command_id":"COMMAND","case":"DAY-1","authority":"0101",
   "payer_key":"PAYER","charge_type":"dk-daycare/parental-payment","period":"2023-04",
   "amount":{"amount":"-5.50","currency":"DKK"},"posted_on":"2023-03-20","due_on":"2023-04-01"},
  {"seq":3,"kind":"cancellation","document_no":"D2","cancelled_on":"2023-03-25","reason":"for 210544-0645","case":"DAY-1"},
  {"seq":4,"kind":"payment","document_no":"D2","amount":{"amount":"5","currency":"DKK"},"paid_on":"2023-04-01","case":"DAY-1"},
  {"seq":5,"kind":"subscription_state","subscription":"SUBSCRIPTION","case":"DAY-1","state":"ended","valid_to":"2023-03","as_of":"2023-04-01"},
  {"seq":6,"kind":"document","document_no":"D6","command_id":"by hand","case":"case no 5","payer_key":"somebody",
   "charge_type":"other","period":"2023-04","amount":{"amount":"1.00","currency":"DKK"},"posted_on":"2023-03-20","due_on":"2023-04-01"}
 ], "next": 6, "more": false}"#;

#[test]
fn each_entry_becomes_its_event_and_the_receipt_none() {
    let text = PAGE
        .replace("COMMAND", command(1, open()).command.as_str())
        .replace("SUBSCRIPTION", subscription().as_str())
        .replace("PAYER", payer().as_str());
    let page: LedgerPage = serde_json::from_str(&text).unwrap();
    page.check(0).unwrap();
    let events: Vec<_> = page.entries.iter().map(|entry| event(entry, day(2))).collect();
    assert_eq!(events[0], None);
    let posted = PostedDocument {
        document: "D2".to_owned(),
        command: Some(command(1, open()).command),
        subscription: None,
        payer: Some(payer()),
        charge_type: command(1, open()).charge_type,
        period: Period::new(2023, 4).unwrap(),
        amount: Money::parse("-5.50", domain::Currency::DKK).unwrap(),
        posted_on: "2023-03-20".parse().unwrap(),
        due_on: day(1),
    };
    let cancelled = ErpFact::DocumentCancelled {
        document: "D2".to_owned(),
        cancelled_on: "2023-03-25".parse().unwrap(),
        reason: "for [number withheld]".to_owned(),
    };
    let paid = ErpFact::PaymentReceived { document: "D2".to_owned(), amount: Money::dkk(5), paid_on: day(1) };
    let ended = ErpFact::SubscriptionReported {
        subscription: subscription(),
        state: SubscriptionState::Ended,
        valid_to: Period::new(2023, 3).unwrap(),
        as_of: day(1),
    };
    for (n, fact) in [(1, ErpFact::DocumentPosted(posted)), (2, cancelled), (3, paid), (4, ended)] {
        let told = events[n].clone().unwrap();
        assert_eq!((&told.fact, told.recorded_on), (&fact, day(2)));
        assert_eq!(
            (told.case.clone(), told.key()),
            (Some(CaseId::parse("DAY-1").unwrap()), "DAY-1".to_owned())
        );
    }
}

#[test]
fn a_document_with_references_that_nobody_gave_is_told_without_them_under_its_own_key() {
    let text = PAGE.replace("SUBSCRIPTION", subscription().as_str());
    let page: LedgerPage = serde_json::from_str(&text).unwrap();
    let told = event(&page.entries[5], day(2)).unwrap();
    assert_eq!((told.case.clone(), told.key()), (None, "document:D6".to_owned()));
    let ErpFact::DocumentPosted(document) = told.fact else { panic!("not a document") };
    assert_eq!((document.command, document.payer, document.amount), (None, None, Money::dkk(1)));
}
