//! W3C trace context. Ids come from what is processed and not from chance, so that a run gives the same bytes each time.

use std::fmt;
use uuid::Uuid;

/// The name space of ids that the runtime gives: uuid-v5 of the DNS name `runtime.rettidig.dk`.
const NAMESPACE: Uuid = Uuid::from_u128(0x2f3c_9a54_6c1b_5e0d_8f6a_3f0f_7f2b_91d4);

/// The id that belongs to a name.
pub(crate) fn id_of(name: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

/// A position in a trace: the `traceparent` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trace {
    /// The trace. Never 0.
    pub(crate) trace: u128,
    /// The span. Never 0.
    pub(crate) span: u64,
    /// Whether it is recorded.
    pub(crate) sampled: bool,
}

impl Trace {
    /// Reads version 00 of the header; anything else begins a trace of its own.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let lower = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let sizes = [version, trace, span, flags].map(str::len) == [2, 32, 16, 2];
        if version != "00"
            || parts.next().is_some()
            || !sizes
            || !lower(trace)
            || !lower(span)
            || !lower(flags)
        {
            return None;
        }
        let flags = u8::from_str_radix(flags, 16).ok()?;
        let (trace, span) = (u128::from_str_radix(trace, 16).ok()?, u64::from_str_radix(span, 16).ok()?);
        (trace != 0 && span != 0).then_some(Self { trace, span, sampled: flags & 1 == 1 })
    }

    /// The span in which `name` is processed: in the trace of its parent, or else in one of its own.
    pub(crate) fn process(parent: Option<Self>, name: &str) -> Self {
        let id = id_of(name).as_u128();
        let (high, low) = ((id >> 64) as u64, (id & u128::from(u64::MAX)) as u64);
        let span = (high ^ low) | 1;
        match parent {
            Some(parent) => Self { span, ..parent },
            None => Self { trace: id, span, sampled: true },
        }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace, self.span, u8::from(self.sampled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_goes_on_with_a_span_of_its_own() {
        let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
        let parent = Trace::parse(header).unwrap();
        assert_eq!(parent.to_string(), header);
        let child = Trace::process(Some(parent), "letters/0/7");
        assert_eq!((child.trace, child.sampled), (parent.trace, false));
        assert_ne!(child.span, parent.span);
        assert_eq!(Trace::parse(&child.to_string()), Some(child));
        assert_ne!(Trace::process(None, "a").trace, Trace::process(None, "b").trace);
    }

    #[test]
    fn what_is_no_trace_context_begins_a_trace() {
        for header in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(Trace::parse(header), None, "{header}");
        }
    }
}
