//! The commands that play nothing, and the help: every example of it is typed, everything `init` writes is used.
#![cfg(all(feature = "tables", feature = "charts"))]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::Path;
use std::process::Command;

use program::billsim;

/// Commands as a help lists them.
fn below(command: &[&str]) -> Vec<String> {
    let help = billsim(&[command, &["--help"]].concat()).out;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

/// Every command with those below it, the program itself first.
fn commands() -> Vec<Vec<String>> {
    let mut commands = vec![vec![]];
    for command in below(&[]) {
        let nested = below(&[&command]).into_iter().map(|nested| vec![command.clone(), nested]);
        let nested: Vec<Vec<String>> = nested.collect();
        commands.push(vec![command]);
        commands.extend(nested);
    }
    assert!(commands.len() >= 15 && commands.contains(&words("baseline check")), "{commands:?}");
    commands
}

/// The program as it is started in a folder.
fn in_folder(folder: &Path, arguments: &[String]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_billsim")).args(arguments).current_dir(folder).output();
    let output = output.expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Words as a shell takes them, quotes away.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (vec![], String::new(), false);
    for letter in line.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            letter => word.push(letter),
        }
    }
    words.push(word);
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

/// The lines of a help's examples, those that go on in the next one joined.
fn examples(help: &str) -> Vec<String> {
    let (_, examples) = help.split_once("Examples:\n").unwrap_or_else(|| panic!("no examples:\n{help}"));
    assert!(examples.lines().all(|line| line.chars().count() <= 80), "too wide to be copied:\n{examples}");
    examples.replace("\\\n", "").lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn every_example_of_the_help_works() {
    for command in commands() {
        let folder = tempfile::tempdir().expect("a folder of our own");
        let play = |words: &[String]| in_folder(folder.path(), words);
        let name = command.join(" ");
        // `init` shows itself; baselines are checked once there is one.
        let before: &[&str] = match name.as_str() {
            "" | "init" => &[],
            "baseline check" | "baseline accept" => &["init", "baseline record scenario.toml"],
            _ => &["init"],
        };
        for line in before {
            assert_eq!(play(&words(line)).0, Some(0), "{line}");
        }
        // What a person has who rates: a day's use that is free, so no bill was sent.
        for (file, text) in [
            ("usage.csv", "account,date,meter,quantity\nshop,2026-01-01,call,40\n"),
            ("invoices.csv", "account,date,product,amount\n"),
        ] {
            fs::write(folder.path().join(file), text).expect("a folder of our own");
        }
        let help = play(&[command, vec!["--help".to_owned()]].concat()).1;
        for line in examples(&help) {
            let (code, _, err) = play(&words(line.strip_prefix("billsim ").expect("it shows the program")));
            assert_eq!(code, Some(0), "{line}\n{err}");
            // The next example may be the same run otherwise recorded.
            let _ = fs::remove_dir_all(folder.path().join("output"));
            if name == "baseline record" {
                let _ = fs::remove_dir_all(folder.path().join("baselines"));
            }
        }
    }
}

/// Help, completions and manual know the same commands.
#[test]
fn the_shell_and_the_manual_know_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = billsim(&["completions", shell]);
        assert_eq!(script.code, Some(0), "{}", script.err);
        for word in commands().concat() {
            assert!(script.out.contains(&word), "{shell}: {word}");
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (code, _, err) = in_folder(folder.path(), &words("man --dir man1"));
    assert_eq!(code, Some(0), "{err}");
    for command in commands() {
        let name = [vec!["billsim".to_owned()], command].concat().join("-");
        let page = fs::read_to_string(folder.path().join(format!("man1/{name}.1"))).expect(&name);
        assert!(page.contains(".SH NAME") && page.contains("Examples"), "{name}:\n{page}");
    }
    let page = billsim(&["man"]).out;
    assert!(page.contains(".SH SUBCOMMANDS") && page.contains("Exit codes"), "{page}");
}

/// A shell that there is not is refused with those that there are.
#[test]
fn an_unknown_shell_is_told_the_known_ones() {
    let ended = billsim(&["completions", "tcsh"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("bash") && ended.err.contains("fish"), "{}", ended.err);
}

#[test]
fn the_version_says_what_was_built() {
    let (long, short) = (billsim(&["--version"]).out, billsim(&["-V"]).out);
    let number = env!("CARGO_PKG_VERSION");
    assert_eq!(short.trim(), format!("billsim {number}"));
    assert!(long.starts_with(&format!("billsim {number} (")), "{long}");
    assert!(
        long.contains("tables")
            && long.contains(std::env::consts::ARCH)
            && (long.contains("debug") || long.contains("release")),
        "{long}"
    );
}

#[test]
fn what_init_writes_is_played_by_every_command_it_names() {
    let folder = tempfile::tempdir().expect("a folder of our own");
    let (code, out, err) = in_folder(folder.path(), &words("init mine"));
    assert_eq!(code, Some(0), "{err}");
    let mine = folder.path().join("mine");
    let steps: Vec<&str> = out.lines().filter_map(|line| line.strip_prefix("  billsim ")).collect();
    assert_eq!(steps.len(), 4, "{out}");
    for step in steps {
        let (code, _, err) = in_folder(&mine, &words(step));
        assert_eq!(code, Some(0), "{step}\n{err}");
    }
}

/// What stands behind a `#` is the default, key by key: taking every `#` away changes nothing.
#[test]
fn what_init_has_commented_out_are_the_defaults() {
    let folder = tempfile::tempdir().expect("a folder of our own");
    in_folder(folder.path(), &words("init"));
    let resolved = |file: &str| {
        let (code, out, err) = in_folder(folder.path(), &words(&format!("inspect {file} --resolved")));
        assert_eq!(code, Some(0), "{err}");
        out
    };
    let before = resolved("scenario.toml");
    let mut opened = 0;
    for name in ["scenario.toml", "prices.toml", "today.toml", "study.toml", "best.toml"] {
        let path = folder.path().join(name);
        let text = fs::read_to_string(&path).expect("init wrote it");
        let line = |line: &str| match line.strip_prefix("# ").filter(|rest| is_key(rest)) {
            Some(rest) => {
                opened += 1;
                format!("{rest}\n")
            }
            None => format!("{line}\n"),
        };
        fs::write(&path, text.lines().map(line).collect::<String>()).expect("the folder is ours");
    }
    assert!(opened >= 12, "only {opened} keys are shown with their defaults");
    assert_eq!(before, resolved("scenario.toml"));
    for command in ["sweep study.toml", "optimize best.toml"] {
        let (code, _, err) = in_folder(folder.path(), &words(&format!("{command} --days 30 --accounts 50")));
        assert!(code != Some(2) && code != Some(3), "{err}");
    }
}

/// `key = value`, as TOML has it.
fn is_key(text: &str) -> bool {
    let key = text.split(" = ").next().unwrap_or_default();
    text.contains(" = ") && !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

#[test]
fn init_overwrites_nothing() {
    let folder = tempfile::tempdir().expect("a folder of our own");
    fs::write(folder.path().join("prices.toml"), "mine").expect("the folder is ours");
    let (code, out, err) = in_folder(folder.path(), &words("init"));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("prices.toml already") && err.contains("help: "), "{err}");
    let left: Vec<_> = fs::read_dir(folder.path()).expect("it is there").collect();
    assert_eq!(left.len(), 1, "nothing was written");
    fs::write(folder.path().join("file"), "mine").expect("the folder is ours");
    let (code, _, err) = in_folder(folder.path(), &words("init file"));
    assert_eq!(code, Some(2), "{err}");
    assert_eq!(fs::read_to_string(folder.path().join("file")).expect("it is there"), "mine");
}
