//! Two tellings of one account's story, aligned by instant and event. Knows only lines that begin with their instant.

/// Characters of the instant of a line.
const INSTANT: usize = "2026-01-01 00:00:00".len();
/// Common lines before and after what differs.
const CONTEXT: usize = 3;
/// Most lines that are told.
const MOST: usize = 30;

/// A story as it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The instant of the first line that differs; nothing if none does.
    pub at: Option<String>,
    /// Lines that are common (two spaces), gone (`-`) and new (`+`).
    pub lines: Vec<String>,
    /// How many lines that differ are left out.
    pub more: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Both,
    Gone,
    New,
}

/// What differs between two tellings, with some common lines around it.
pub fn difference(before: &[String], now: &[String]) -> Told {
    let all = aligned(before, now);
    let differs: Vec<usize> = (0..all.len()).filter(|nth| all[*nth].0 != Side::Both).collect();
    let Some(first) = differs.first() else { return Told::default() };
    let near = |nth: usize| {
        let at = differs.partition_point(|differing| *differing < nth);
        let close = |differing: Option<&usize>| differing.is_some_and(|other| other.abs_diff(nth) <= CONTEXT);
        close(differs.get(at)) || close(at.checked_sub(1).and_then(|before| differs.get(before)))
    };
    let mut told = Told { at: Some(instant(all[*first].1).to_owned()), ..Told::default() };
    let mut last = None;
    for (nth, (side, line)) in all.iter().enumerate().filter(|(nth, _)| near(*nth)) {
        // A pair is not torn apart: what is new stays with what it replaces.
        if told.lines.len() >= MOST && *side != Side::New {
            told.more = differs.iter().filter(|differing| **differing >= nth).count();
            break;
        }
        if last.is_some_and(|last| last + 1 < nth) {
            told.lines.push("…".to_owned());
        }
        last = Some(nth);
        let sign = match side {
            Side::Both => " ",
            Side::Gone => "-",
            Side::New => "+",
        };
        told.lines.push(format!("{sign} {line}"));
    }
    told
}

/// Some lines of a story around a date.
pub fn around(story: &[String], date: &str) -> Vec<String> {
    let from = story.partition_point(|line| instant(line) < date);
    let lines = story.iter().skip(from.saturating_sub(CONTEXT)).take(CONTEXT + 2 * CONTEXT);
    lines.map(|line| format!("  {line}")).collect()
}

fn instant(line: &str) -> &str {
    line.get(..INSTANT).unwrap_or(line)
}

/// What a line tells of, without its numbers: up to its first colon or digit after the instant.
fn event(line: &str) -> &str {
    let rest = line.get(INSTANT..).unwrap_or_default();
    rest.split(|c: char| c == ':' || c.is_ascii_digit()).next().unwrap_or_default()
}

/// All lines of both in order; of those that differ, each that is gone stands before the new one that tells of the same.
fn aligned<'a>(before: &'a [String], now: &'a [String]) -> Vec<(Side, &'a str)> {
    let (mut before, mut now) = (before, now);
    let mut all = vec![];
    while let Some(at) = before.first().into_iter().chain(now.first()).map(|line| instant(line)).min() {
        let here = |lines: &[String]| lines.iter().take_while(|line| instant(line) == at).count();
        let (old, new);
        (old, before) = before.split_at(here(before));
        (new, now) = now.split_at(here(now));
        at_one_instant(old, new, &mut all);
    }
    all
}

fn at_one_instant<'a>(old: &'a [String], new: &'a [String], all: &mut Vec<(Side, &'a str)>) {
    let mut rest = new;
    for line in old {
        let same = rest.iter().position(|other| other == line);
        let like = same.or_else(|| rest.iter().position(|other| event(other) == event(line) && !old.contains(other)));
        let (skipped, from) = rest.split_at(like.unwrap_or(0));
        all.extend(skipped.iter().map(|line| (Side::New, line.as_str())));
        rest = from;
        match (same, like) {
            (Some(_), _) => all.push((Side::Both, line)),
            (None, Some(_)) => all.extend([(Side::Gone, line.as_str()), (Side::New, rest[0].as_str())]),
            (None, None) => all.push((Side::Gone, line)),
        }
        rest = &rest[usize::from(like.is_some())..];
    }
    all.extend(rest.iter().map(|line| (Side::New, line.as_str())));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn what_is_common_stands_once_and_what_changed_in_pairs() {
        let day = |day: u32, due: &str| {
            format!(
                "2026-01-0{day} 00:00:00  shop day: 5 asked\n2026-01-0{day} 08:00:00  bill: due {due}\n2026-01-0{day} 08:00:00  paid\n"
            )
        };
        let before = lines(&[day(1, "1"), day(2, "1"), day(3, "1"), day(4, "1"), day(5, "1"), day(6, "1")].concat());
        let now = lines(&[day(1, "1"), day(2, "2"), day(3, "1"), day(4, "1"), day(5, "1"), day(6, "3")].concat());
        let told = difference(&before, &now);
        assert_eq!(told.at.as_deref(), Some("2026-01-02 08:00:00"));
        let expected = [
            "  2026-01-01 08:00:00  bill: due 1",
            "  2026-01-01 08:00:00  paid",
            "  2026-01-02 00:00:00  shop day: 5 asked",
            "- 2026-01-02 08:00:00  bill: due 1",
            "+ 2026-01-02 08:00:00  bill: due 2",
            "  2026-01-02 08:00:00  paid",
            "  2026-01-03 00:00:00  shop day: 5 asked",
            "  2026-01-03 08:00:00  bill: due 1",
            "…",
            "  2026-01-05 08:00:00  bill: due 1",
            "  2026-01-05 08:00:00  paid",
            "  2026-01-06 00:00:00  shop day: 5 asked",
            "- 2026-01-06 08:00:00  bill: due 1",
            "+ 2026-01-06 08:00:00  bill: due 3",
            "  2026-01-06 08:00:00  paid",
        ];
        assert_eq!(told.lines, expected);
        assert_eq!(told.more, 0);
        assert_eq!(difference(&before, &before), Told::default());
    }

    #[test]
    fn an_event_that_moves_is_gone_and_new_and_long_differences_are_cut() {
        let told = difference(&lines("2026-01-11 08:00:00  suspended"), &lines("2026-01-11 07:00:00  suspended"));
        assert_eq!(told.lines, ["+ 2026-01-11 07:00:00  suspended", "- 2026-01-11 08:00:00  suspended"]);
        let many =
            |sign: &str| -> Vec<String> { (0..50).map(|n| format!("2026-01-01 00:00:{n:02}  {sign}")).collect() };
        let told = difference(&many("bill: 1"), &many("bill: 2"));
        assert_eq!((told.lines.len(), told.more), (MOST, 100 - MOST));
    }
}
