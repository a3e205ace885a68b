//! Changes a text in words rather than bytes: a value becomes one from the edges, or one that stands elsewhere in the text. Most
//! changes of bytes only end the parsing. Must not know what the text says.

use libfuzzer_sys::fuzzer_mutate;

/// Values at the edges of what a key may hold, or beyond.
const EDGES: [&str; 42] = [
    "0",
    "-1",
    "1",
    "3",
    "7.5",
    "-0.0",
    "1e-9",
    "0.00000001",
    "0.999999999",
    "1e308",
    "-1e400",
    "nan",
    "-inf",
    "100",
    "36500",
    "1_000_000_000",
    "999999999999",
    "1_000_000_000_000_000",
    "92233720368.54775807",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "true",
    "[]",
    "{}",
    "\"\"",
    "\"never\"",
    "\"none\"",
    "\"unlimited\"",
    "\"0s\"",
    "\"1s\"",
    "\"5m\"",
    "\"100d\"",
    "\"365250d\"",
    "\"9223372036854775807s\"",
    "\"24:00:00\"",
    "\"23:59:59\"",
    "0001-01-01",
    "9998-12-30",
    "2024-02-29",
    "9999-12-31T23:59:59",
    "2024-02-29T00:00:00",
];

/// For `fuzz_mutator!`: words three times of four, bytes otherwise. Returns the new size.
pub fn edit(data: &mut [u8], size: usize, most: usize, seed: u32) -> usize {
    let mut random = Random(u64::from(seed) | 1 << 40);
    let words = std::str::from_utf8(&data[..size]).map(words).unwrap_or_default();
    if words.is_empty() || random.below(4) == 0 {
        return fuzzer_mutate(data, size, most);
    }
    let (start, end) = words[random.below(words.len())];
    let new = match random.below(3) {
        0 => {
            let (from, to) = words[random.below(words.len())];
            data[from..to].to_vec()
        }
        _ => EDGES[random.below(EDGES.len())].as_bytes().to_vec(),
    };
    let rest = data[end..size].to_vec();
    let changed = start + new.len() + rest.len();
    if changed > most {
        return fuzzer_mutate(data, size, most);
    }
    data[start..start + new.len()].copy_from_slice(&new);
    data[start + new.len()..changed].copy_from_slice(&rest);
    changed
}

/// Values: what stands after an equals sign, in a list or in a table; comments are passed over.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut found = vec![];
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split('#').next().unwrap_or_default();
        let mut start = code.find('=').unwrap_or(code.len());
        let ends = code.match_indices([',', '=', '{', '}', '[', ']', '\n']).map(|(at, _)| at);
        for end in ends.filter(|end| *end >= code.find('=').unwrap_or(code.len())) {
            let word = &code[start..end];
            if !word.trim().is_empty() {
                let from = line_start + start + word.len() - word.trim_start().len();
                found.push((from, from + word.trim().len()));
            }
            start = end + 1;
        }
        line_start += line.len();
    }
    found
}

/// SplitMix64: libFuzzer gives one seed for all choices.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap_or(0)
    }
}
