//! docs/GUIDE.md is played from its first command to its last, in a folder of its own; what it shows is what is printed.
//! `BILLSIM_WRITE_DOCS=1 cargo test --test guide` writes anew what its commands print, as many lines as it showed before.
#![cfg(all(feature = "tables", feature = "charts"))]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A line that stands for others.
const LEFT_OUT: &str = "…";

/// A command of the guide and the lines that it shows of what is printed.
struct Step {
    command: String,
    shown: Vec<String>,
}

/// The guide as text and as blocks of commands, in their order.
enum Piece {
    Text(String),
    Block(Vec<Step>),
}

fn pieces(guide: &str) -> Vec<Piece> {
    let mut pieces = vec![];
    let mut text = String::new();
    let mut lines = guide.lines();
    while let Some(line) = lines.next() {
        text.push_str(&format!("{line}\n"));
        if line != "```console" {
            continue;
        }
        pieces.push(Piece::Text(std::mem::take(&mut text)));
        let mut steps: Vec<Step> = vec![];
        for line in lines.by_ref().take_while(|line| *line != "```") {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step { command: command.to_owned(), shown: vec![] }),
                (None, Some(step)) => step.shown.push(line.to_owned()),
                (None, None) => panic!("a block begins with a command, not with {line}"),
            }
        }
        pieces.push(Piece::Block(steps));
        text.push_str("```\n");
    }
    pieces.push(Piece::Text(text));
    pieces
}

/// Words as a shell takes them, quotes away.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('\'').enumerate();
    let words = quoted.flat_map(|(nth, part)| match nth % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

/// A shell that knows `billsim`, `cd` and `echo $?`.
struct Shell {
    folder: PathBuf,
    code: i32,
}

impl Shell {
    fn play(&mut self, command: &str) -> String {
        match words(command).as_slice() {
            [cd, to] if cd == "cd" => {
                self.folder.push(to);
                assert!(self.folder.is_dir(), "{command}");
                String::new()
            }
            [echo, code] if echo == "echo" && code == "$?" => format!("{}\n", self.code),
            [program, arguments @ ..] if program == "billsim" => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_billsim"));
                let output = command.args(arguments).current_dir(&self.folder).output().expect("it starts");
                self.code = output.status.code().expect("it ends by itself");
                let error = String::from_utf8_lossy(&output.stderr);
                assert!(self.code <= 1 && !error.contains("error"), "{arguments:?}: {error}");
                String::from_utf8(output.stdout).expect("it prints UTF-8")
            }
            _ => panic!("the guide has a command that is not known here: {command}"),
        }
    }
}

/// Every shown line is printed, in this order; nothing is printed between two of them without `…`. Else: what is wrong.
fn hold(step: &Step, printed: &str) -> Result<(), String> {
    let mut rest: Vec<&str> = printed.lines().collect();
    let mut free = false;
    for shown in &step.shown {
        if shown == LEFT_OUT {
            free = true;
            continue;
        }
        let at = rest.iter().position(|line| line.trim_end() == shown);
        let at = at.filter(|at| free || *at == 0).ok_or_else(|| {
            format!(
                "$ {}\ndoes not print here: {shown}\n{printed}\n\
                 BILLSIM_WRITE_DOCS=1 cargo test --test guide writes what it prints",
                step.command
            )
        })?;
        rest.drain(..=at);
        free = false;
    }
    if free || rest.is_empty() {
        return Ok(());
    }
    Err(format!("$ {}\nprints more, which no … says:\n{printed}", step.command))
}

/// As many lines from the beginning as were shown before a `…`, and as many from the end as after it.
fn anew(step: &Step, printed: &str) -> Vec<String> {
    let lines: Vec<String> = printed.lines().map(|line| line.trim_end().to_owned()).collect();
    let Some(head) = step.shown.iter().position(|line| line == LEFT_OUT) else { return lines };
    let tail = step.shown.len() - head - 1;
    if head + tail >= lines.len() {
        return lines;
    }
    let end = lines[lines.len() - tail..].to_vec();
    [lines[..head].to_vec(), vec![LEFT_OUT.to_owned()], end].concat()
}

#[test]
fn the_guide_works_from_its_first_command_to_its_last() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/GUIDE.md");
    let guide = fs::read_to_string(&path).expect("the guide");
    let folder = tempfile::tempdir().expect("a folder of our own");
    let mut shell = Shell { folder: folder.path().to_owned(), code: 0 };
    let writes = std::env::var_os("BILLSIM_WRITE_DOCS").is_some();
    let mut written = String::new();
    let mut played = vec![];
    for piece in pieces(&guide) {
        match piece {
            Piece::Text(text) => written.push_str(&text),
            Piece::Block(steps) => {
                for mut step in steps {
                    let printed = shell.play(&step.command);
                    if writes && hold(&step, &printed).is_err() {
                        step.shown = anew(&step, &printed);
                    }
                    hold(&step, &printed).unwrap_or_else(|wrong| panic!("{wrong}"));
                    written.push_str(&format!("$ {}\n", step.command));
                    step.shown.iter().for_each(|line| written.push_str(&format!("{line}\n")));
                    played.extend(words(&step.command).get(1).cloned());
                }
            }
        }
    }
    for command in ["init", "inspect", "run", "explain", "compare", "sweep", "optimize", "baseline"] {
        assert!(played.iter().any(|word| word == command), "the guide does not show {command}");
    }
    if writes {
        fs::write(&path, written).expect("docs can be written");
    } else {
        assert!(written == guide, "the guide is read otherwise than it is written");
    }
}
