//! `billsim init`: a commented world to start from. Overwrites nothing.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::args::InitArgs;
use super::failure::{Failure, print};

/// Name, text and what it is for.
const FILES: [(&str, &str, &str); 5] = [
    ("scenario.toml", include_str!("starter/scenario.toml"), "customers: how many, what they use, how they pay"),
    ("prices.toml", include_str!("starter/prices.toml"), "the price list they meet"),
    (
        "today.toml",
        concat!(
            "# The prices that the customers' demand was seen at. Demand answers to what differs from them: change prices.toml, not these.\n\n",
            include_str!("starter/prices.toml")
        ),
        "the same list, as it is kept: demand answers to what differs from it",
    ),
    ("study.toml", include_str!("starter/study.toml"), "a question: what do grace and price do?"),
    ("best.toml", include_str!("starter/best.toml"), "another: which prices bring the most?"),
];

/// Writes the starter into a folder and says what to do with it.
///
/// # Errors
/// When one of the files is there already, or the folder cannot be written; then none is written.
pub fn init(args: &InitArgs) -> Result<(), Failure> {
    let there: Vec<&str> =
        FILES.iter().map(|(name, ..)| *name).filter(|name| args.dir.join(name).symlink_metadata().is_ok()).collect();
    if !there.is_empty() {
        return Err(Failure::Usage(format!(
            "{} has {} already, and nothing is overwritten\nhelp: name a folder that is not there yet: billsim init my-prices",
            args.dir.display(),
            there.join(", ")
        )));
    }
    let made = !args.dir.exists();
    if let Err((path, error)) = write(&args.dir) {
        if made {
            // Only if it is empty, which remove_dir sees to.
            let _ = fs::remove_dir(&args.dir);
        }
        let text = format!("cannot write {path}: {error}");
        return Err(match error.kind() {
            ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
                Failure::Usage(format!("{text}\nhelp: name a folder that is not there yet"))
            }
            _ => Failure::System(text),
        });
    }
    print(&next_steps(&args.dir))
}

/// Either all files or none.
fn write(dir: &Path) -> Result<(), (String, std::io::Error)> {
    fs::create_dir_all(dir).map_err(|error| (dir.display().to_string(), error))?;
    for (nth, (name, text, _)) in FILES.iter().enumerate() {
        let path = dir.join(name);
        let written = File::create_new(&path).and_then(|mut file| file.write_all(text.as_bytes()));
        if let Err(error) = written {
            // Those before it are ours; this one only if it was created just now and could not be filled.
            let ours = nth + usize::from(error.kind() != ErrorKind::AlreadyExists);
            for (name, ..) in &FILES[..ours] {
                let _ = fs::remove_file(dir.join(name));
            }
            return Err((path.display().to_string(), error));
        }
    }
    Ok(())
}

fn next_steps(dir: &Path) -> String {
    let mut text = format!("{} has a world of 1,000 customers of an API:\n", dir.display());
    for (name, _, what) in FILES {
        text.push_str(&format!("  {name:<14} {what}\n"));
    }
    text.push_str("\nNext:\n");
    if dir != Path::new(".") {
        text.push_str(&format!("  cd {}\n", dir.display()));
    }
    text.push_str(
        "  billsim run scenario.toml\n  \
           billsim compare scenario.toml --with books.api.grace=24h\n  \
           billsim sweep study.toml\n  \
           billsim optimize best.toml\n",
    );
    text
}
