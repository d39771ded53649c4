//! What can go wrong in the runtime.

/// An operation of the runtime has failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The log has failed.
    #[error("{stage}: the log has failed")]
    Log {
        /// The stage.
        stage: String,
        /// How.
        source: eventlog::Error,
    },
    /// The store has failed, or the partition has another owner.
    #[error("{stage}: the store has failed")]
    Store {
        /// The stage.
        stage: String,
        /// How.
        source: store::Error,
    },
    /// What the store holds cannot be read back.
    #[error("{stage}: the store holds a damaged {what} in partition {partition}: restore it from its backup")]
    Damaged {
        /// The stage.
        stage: String,
        /// The partition.
        partition: u32,
        /// What.
        what: &'static str,
    },
    /// A state cannot be written as JSON: a fault of the stage.
    #[error("{stage}: a state cannot be written as JSON ({class}): this is a fault of the stage's code")]
    Unwritable {
        /// The stage.
        stage: String,
        /// The class of the fault; the text could quote a value.
        class: String,
    },
    /// A message of an edge is too large.
    #[error("{stage}: {detail}")]
    TooLarge {
        /// The stage.
        stage: String,
        /// How large, and what to do.
        detail: String,
    },
    /// The edge has lost its place since it was read: read again, decide again.
    #[error("{stage}: what was read is out of date: read and decide again")]
    ReadAgain {
        /// The edge.
        stage: String,
    },
    /// A setting is refused.
    #[error("the setting {name} is refused: {problem}")]
    Setting {
        /// Which, as in the environment.
        name: &'static str,
        /// Why.
        problem: String,
    },
    /// The port for probes and metrics cannot be had.
    #[error("{address} cannot be listened on: name another address in RETTIDIG_HEALTH_BIND")]
    Bind {
        /// Where.
        address: std::net::SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The server for probes and metrics has failed.
    #[error("the server for probes and metrics has failed")]
    Serve {
        /// Why.
        source: std::io::Error,
    },
    /// The test asked for a crash here.
    #[cfg(any(test, feature = "failpoints"))]
    #[error("a test lets the process die at {0}")]
    Failpoint(&'static str),
}

impl Error {
    /// For `map_err` of a store operation.
    pub(crate) fn store(stage: &str) -> impl FnOnce(store::Error) -> Self {
        let stage = stage.to_owned();
        move |source| Self::Store { stage, source }
    }

    /// For `map_err` of a log operation.
    pub(crate) fn log(stage: &str) -> impl FnOnce(eventlog::Error) -> Self {
        let stage = stage.to_owned();
        move |source| Self::Log { stage, source }
    }

    /// Whether a test lets the process die here.
    pub(crate) fn is_end(&self) -> bool {
        #[cfg(any(test, feature = "failpoints"))]
        return matches!(self, Self::Failpoint(_));
        #[cfg(not(any(test, feature = "failpoints")))]
        false
    }

    /// Whether another owner has the partition.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self, Self::Store { source: store::Error::Lost { .. }, .. })
    }

    /// Whether a newer version of the program has taken over: there is nothing left to do for this one.
    pub(crate) fn is_superseded(&self) -> bool {
        matches!(self, Self::Store { source: store::Error::Newer { .. }, .. })
    }
}

/// An error with its causes, for a line of the log: as JSON a line would hold the error alone, and no reason.
pub(crate) fn in_full(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_in_full_ends_with_its_first_cause() {
        let source = eventlog::Error::NoTopic { name: "alerts".into() };
        let error = Error::Log { stage: "alerting".into(), source };
        let shown = in_full(&error);
        assert!(
            shown.starts_with("alerting: the log has failed: the topic alerts does not exist"),
            "{shown}"
        );
    }
}
