//! The loop as a small model, checked exhaustively: positions, fence, outbox and the receiver's high-water mark, under
//! crashes, two owners and an upstream that repeats itself.
//!
//! What a step of the model is in the code: `claim` = `Scope::claim`, `decide` = `Batch::take`, `commit` =
//! `Store::commit`, `publish` = `Log::publish`, `receive` = `Progress::apply` of the next stage.

use stateright::{Checker, HasDiscoveries, Model, Property};

/// Inputs of the partition; the log holds the second of them twice.
const INPUTS: [u8; 4] = [1, 2, 2, 3];
const DISTINCT: [u8; 3] = [1, 2, 3];
const OWNERS: usize = 2;
/// How often somebody takes the partition over: enough for each owner to come back after the other.
const CLAIMS_MAX: u8 = 4;

const EVERYTHING_ARRIVES: &str = "everything arrives, also after an owner has lost the partition";

/// A fault that is built into the loop, which the check has to find.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Seeded {
    Nothing,
    /// A commit does not compare the version it was claimed with.
    AdvanceWithoutCompare,
    /// The state is saved, and its messages are published from memory only.
    NoOutbox,
    /// A sequence that was applied is not remembered.
    NoHighWaterMark,
    /// Of two records the first is lost and the second is written (a broker that refuses the first request and takes
    /// the second).
    GapInPublication,
}

/// What is in the store: one transaction each.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Store {
    version: u8,
    position: usize,
    /// Inputs that have become part of the state, in order.
    applied: Vec<u8>,
    /// The upstream's numbers that were applied: its high-water mark.
    seen: u8,
    sent: u8,
    outbox: Vec<u8>,
}

/// What an owner has in memory.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Owner {
    version: u8,
    store: Store,
    decided: Option<Store>,
    to_publish: Vec<u8>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct State {
    claims: u8,
    store: Store,
    owners: [Option<Owner>; OWNERS],
    /// Sequences in the log of the next stage.
    log: Vec<u8>,
    /// How far the next stage has read, its high-water mark, and what it has applied.
    read: usize,
    high: u8,
    received: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Action {
    Claim(usize),
    Decide(usize),
    Commit(usize),
    Publish(usize),
    Crash(usize),
    Receive,
}

struct Loop(Seeded);

impl Loop {
    fn claim(state: &mut State, owner: usize) {
        state.claims += 1;
        state.store.version += 1;
        let store = state.store.clone();
        let (version, to_publish) = (store.version, store.outbox.clone());
        state.owners[owner] = Some(Owner { version, store, decided: None, to_publish });
    }

    /// The next input; one that was applied before changes nothing but the position.
    fn decide(owner: &mut Owner) {
        let mut next = owner.store.clone();
        let input = INPUTS[next.position];
        next.position += 1;
        // What was published goes with the next commit.
        next.outbox.clear();
        if input > next.seen {
            next.seen = input;
            next.applied.push(input);
            next.sent += 1;
            next.outbox.push(next.sent);
        }
        owner.decided = Some(next);
    }

    fn commit(&self, state: &mut State, owner: usize) {
        let Some(Owner { version, decided: Some(decided), .. }) = state.owners[owner].clone() else { return };
        if state.store.version != version && self.0 != Seeded::AdvanceWithoutCompare {
            state.owners[owner] = None;
            return;
        }
        let to_publish = decided.outbox.clone();
        let outbox = if self.0 == Seeded::NoOutbox { Vec::new() } else { decided.outbox.clone() };
        let version = state.store.version + 1;
        state.store = Store { version, outbox, ..decided.clone() };
        state.owners[owner] = Some(Owner { version, store: decided, decided: None, to_publish });
    }
}

impl Model for Loop {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::default()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for (number, owner) in state.owners.iter().enumerate() {
            match owner {
                None if state.claims < CLAIMS_MAX => actions.push(Action::Claim(number)),
                None => {}
                Some(owner) => {
                    actions.push(Action::Crash(number));
                    // An owner publishes what it has committed before it decides on.
                    if !owner.to_publish.is_empty() {
                        actions.push(Action::Publish(number));
                    } else if owner.decided.is_some() {
                        actions.push(Action::Commit(number));
                    } else if owner.store.position < INPUTS.len() {
                        actions.push(Action::Decide(number));
                    }
                }
            }
        }
        if state.read < state.log.len() {
            actions.push(Action::Receive);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Claim(owner) => Self::claim(&mut state, owner),
            Action::Decide(owner) => Self::decide(state.owners[owner].as_mut()?),
            Action::Commit(owner) => self.commit(&mut state, owner),
            Action::Publish(owner) => {
                let sequence = state.owners[owner].as_mut()?.to_publish.remove(0);
                if self.0 != Seeded::GapInPublication || sequence != 1 {
                    state.log.push(sequence);
                }
            }
            Action::Crash(owner) => state.owners[owner] = None,
            Action::Receive => {
                let sequence = state.log[state.read];
                state.read += 1;
                if sequence > state.high || self.0 == Seeded::NoHighWaterMark {
                    state.high = state.high.max(sequence);
                    state.received.push(sequence);
                }
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("each input is part of the state once and in order", |_, state: &State| {
                DISTINCT.starts_with(&state.store.applied)
            }),
            Property::always(
                "the next stage applies each message once, in order, without a gap",
                |_, state: &State| {
                    state.received.iter().copied().eq(1..=u8::try_from(state.received.len()).unwrap())
                },
            ),
            Property::always("what is in the log follows from what is saved", |_, state: &State| {
                state.log.iter().all(|sequence| *sequence <= state.store.sent)
            }),
            Property::always("what is saved and not in the log is in the outbox", |_, state: &State| {
                let missing = (1..=state.store.sent).filter(|sequence| !state.log.contains(sequence));
                missing.into_iter().all(|sequence| state.store.outbox.contains(&sequence))
            }),
            Property::sometimes(
                "everything arrives, also after an owner has lost the partition",
                |_, state: &State| state.received == DISTINCT && state.claims > 1,
            ),
        ]
    }
}

fn check(seeded: Seeded) -> impl Checker<Loop> {
    Loop(seeded).checker().spawn_bfs().join()
}

#[test]
fn the_loop_holds_in_every_order_of_crashes_takeovers_and_repetitions() {
    let checker = check(Seeded::Nothing);
    checker.assert_properties();
    println!("{} states", checker.unique_state_count());
    assert!(checker.unique_state_count() > 10_000, "the model is too small to show anything");
}

#[test]
fn a_commit_that_does_not_compare_is_found() {
    // The first failure is enough: without the fence there is little that the two owners cannot do.
    let checker = Loop(Seeded::AdvanceWithoutCompare).checker().finish_when(HasDiscoveries::AnyFailures);
    let found = checker.spawn_bfs().join().discoveries();
    assert!(found.keys().any(|property| *property != EVERYTHING_ARRIVES), "{:?}", found.keys());
}

#[test]
fn messages_that_are_not_kept_until_they_are_published_are_found_missing() {
    let checker = check(Seeded::NoOutbox);
    checker.assert_any_discovery("what is saved and not in the log is in the outbox");
}

#[test]
fn a_receiver_that_does_not_remember_is_found() {
    let checker = check(Seeded::NoHighWaterMark);
    checker.assert_any_discovery("the next stage applies each message once, in order, without a gap");
}

#[test]
fn a_gap_in_a_publication_is_found() {
    let checker = check(Seeded::GapInPublication);
    checker.assert_any_discovery("the next stage applies each message once, in order, without a gap");
}
