//! What makes the program at home in a shell: completions, manual pages, help.
#![cfg(all(feature = "tables", feature = "charts"))]

#[path = "support/program.rs"]
mod program;

use std::fs;

use program::billsim;

/// Commands as `--help` lists them.
fn commands() -> Vec<String> {
    let help = billsim(&["--help"]).out;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

/// Every command has an example in its help, and all of them together are those that the shell completes and the manual describes.
#[test]
fn help_completions_and_manual_know_every_command() {
    let commands = commands();
    assert!(commands.len() >= 9 && commands.contains(&"compare".to_owned()), "{commands:?}");
    for command in &commands {
        let help = billsim(&[command, "--help"]).out;
        assert!(help.contains(&format!("billsim {command} ")) && help.contains("Example"), "{help}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = billsim(&["completions", shell]);
        assert_eq!(script.code, Some(0), "{}", script.err);
        for command in &commands {
            assert!(script.out.contains(command.as_str()), "{shell}: {command}");
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pages = folder.path().join("man1");
    let ended = billsim(&["man", "--dir", pages.to_str().expect("temporary paths are UTF-8")]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for command in &commands {
        let page = fs::read_to_string(pages.join(format!("billsim-{command}.1"))).expect(command);
        assert!(page.contains(".SH NAME") && page.contains(".SH OPTIONS"), "{page}");
    }
    assert!(billsim(&["man"]).out.contains(".SH SUBCOMMANDS"));
}

/// A shell that there is not is refused with those that there are.
#[test]
fn an_unknown_shell_is_told_the_known_ones() {
    let ended = billsim(&["completions", "tcsh"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("bash") && ended.err.contains("fish"), "{}", ended.err);
}
