//! Where in a JSON text one is, read character by character, and what would close it there.
//!
//! It knows the shape of JSON and no more: what is no JSON is passed over, because a parser looks at the outcome.

/// What is being read. The innermost is the last of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Root,
    Finished,
    String,
    StringEscape,
    StringUnicode,
    Literal,
    Number,
    ObjectStart,
    ObjectKey,
    ObjectKeyEscape,
    ObjectAfterKey,
    ObjectBeforeValue,
    ObjectAfterValue,
    ObjectAfterComma,
    ArrayStart,
    ArrayAfterValue,
    ArrayAfterComma,
}

const LITERALS: [&str; 3] = ["true", "false", "null"];

/// A text that is read piece by piece.
#[derive(Debug, Clone)]
pub(super) struct Scanner {
    stack: Vec<State>,
    /// How many bytes were read.
    read: usize,
    /// How many of them can be kept: behind them the text can be closed.
    valid: usize,
    /// What was read of `true`, `false` or `null`.
    literal: String,
    /// What was read of `\u….`
    digits: u32,
    unicode: u32,
    /// Whether something was read outside the elements of a list within an object.
    is_at_boundary: bool,
}

/// How deep the stack is between the elements of a list that is the field of an object.
const BETWEEN_ELEMENTS: usize = 3;

impl Default for Scanner {
    fn default() -> Self {
        Self {
            stack: vec![State::Root],
            read: 0,
            valid: 0,
            literal: String::new(),
            digits: 0,
            unicode: 0,
            is_at_boundary: false,
        }
    }
}

impl Scanner {
    pub(super) fn push(&mut self, text: &str) {
        for character in text.chars() {
            let end = self.read + character.len_utf8();
            self.read(character, end);
            self.read = end;
        }
    }

    /// Whether, since this was last asked, a list that is the field of an object can have got another element, or come to its
    /// end.
    pub(super) fn take_boundary(&mut self) -> bool {
        std::mem::take(&mut self.is_at_boundary)
    }

    /// How many bytes can be kept.
    pub(super) fn valid(&self) -> usize {
        self.valid
    }

    /// Whether the text may be whole.
    pub(super) fn may_be_whole(&self) -> bool {
        matches!(
            self.stack.as_slice(),
            [State::Finished] | [State::Finished, State::Number | State::Literal]
        )
    }

    /// What closes the text behind the bytes that can be kept.
    pub(super) fn closing(&self) -> String {
        let mut closing = String::new();
        for state in self.stack.iter().rev() {
            match state {
                State::String => closing.push('"'),
                State::ObjectStart
                | State::ObjectKey
                | State::ObjectAfterKey
                | State::ObjectBeforeValue
                | State::ObjectAfterValue
                | State::ObjectAfterComma => closing.push('}'),
                State::ArrayStart | State::ArrayAfterValue | State::ArrayAfterComma => {
                    closing.push(']');
                }
                State::Literal => closing.push_str(self.rest_of_literal()),
                State::Root
                | State::Finished
                | State::StringEscape
                | State::StringUnicode
                | State::ObjectKeyEscape
                | State::Number => {}
            }
        }
        closing
    }

    fn rest_of_literal(&self) -> &'static str {
        LITERALS.iter().find_map(|word| word.strip_prefix(&*self.literal)).unwrap_or_default()
    }

    fn read(&mut self, character: char, end: usize) {
        let Some(state) = self.stack.last().copied() else { return };
        let depth = self.stack.len();
        // A number is one only from its first digit on.
        let begins_late = state == State::Number && depth == BETWEEN_ELEMENTS + 1;
        self.is_at_boundary |= depth <= BETWEEN_ELEMENTS || begins_late;
        match state {
            State::Root => self.begin_value(character, end, State::Finished),
            State::Finished => {}
            State::String => match character {
                '"' => self.leave(end),
                '\\' => self.stack.push(State::StringEscape),
                _ => self.valid = end,
            },
            State::StringEscape => self.read_escape(character, end),
            State::StringUnicode => self.read_unicode(character, end),
            State::Literal => self.read_literal(character, end),
            State::Number => self.read_number(character, end),
            State::ObjectStart if character == '}' => self.leave(end),
            State::ObjectStart | State::ObjectAfterComma => {
                self.turn_at(character, '"', State::ObjectKey);
            }
            State::ObjectKey if character == '\\' => self.stack.push(State::ObjectKeyEscape),
            State::ObjectKey => self.turn_at(character, '"', State::ObjectAfterKey),
            State::ObjectKeyEscape => drop(self.stack.pop()),
            State::ObjectAfterKey => self.turn_at(character, ':', State::ObjectBeforeValue),
            State::ObjectBeforeValue => self.begin_value(character, end, State::ObjectAfterValue),
            State::ObjectAfterValue => self.after_value(character, end),
            State::ArrayStart if character == ']' => self.leave(end),
            State::ArrayStart => self.begin_value(character, end, State::ArrayAfterValue),
            State::ArrayAfterValue if matches!(character, ',' | ']') => {
                self.after_value(character, end);
            }
            State::ArrayAfterValue => self.valid = end,
            State::ArrayAfterComma => self.begin_value(character, end, State::ArrayAfterValue),
        }
    }

    /// Ends what is being read, at a place where the text can be closed.
    fn leave(&mut self, end: usize) {
        self.valid = end;
        self.stack.pop();
    }

    fn turn(&mut self, state: State) {
        self.stack.pop();
        self.stack.push(state);
    }

    fn turn_at(&mut self, character: char, expected: char, state: State) {
        if character == expected {
            self.turn(state);
        }
    }

    /// Begins a value, if the character does; `then` follows it.
    fn begin_value(&mut self, character: char, end: usize, then: State) {
        let state = match character {
            '"' => State::String,
            'f' | 't' | 'n' => State::Literal,
            '-' | '0'..='9' => State::Number,
            '{' => State::ObjectStart,
            '[' => State::ArrayStart,
            _ => return,
        };
        // A lone minus cannot be closed.
        if character != '-' {
            self.valid = end;
        }
        if state == State::Literal {
            self.literal.clear();
            self.literal.push(character);
        }
        self.turn(then);
        self.stack.push(state);
    }

    /// Reads what stands behind a value within an object or an array.
    fn after_value(&mut self, character: char, end: usize) {
        match (self.stack.last(), character) {
            (Some(State::ObjectAfterValue), ',') => self.turn(State::ObjectAfterComma),
            (Some(State::ArrayAfterValue), ',') => self.turn(State::ArrayAfterComma),
            (Some(State::ObjectAfterValue), '}') | (Some(State::ArrayAfterValue), ']') => {
                self.leave(end);
            }
            _ => {}
        }
    }

    fn read_escape(&mut self, character: char, end: usize) {
        if character == 'u' {
            (self.digits, self.unicode) = (0, 0);
            self.turn(State::StringUnicode);
        } else {
            self.leave(end);
        }
    }

    fn read_unicode(&mut self, character: char, end: usize) {
        let Some(digit) = character.to_digit(16) else { return };
        self.digits += 1;
        self.unicode = self.unicode * 16 + digit;
        if self.digits == 4 {
            // Half of a pair is no character; it counts once the other half is there.
            if (0xD800..0xDC00).contains(&self.unicode) {
                self.stack.pop();
            } else {
                self.leave(end);
            }
        }
    }

    fn read_literal(&mut self, character: char, end: usize) {
        self.literal.push(character);
        if LITERALS.iter().any(|word| word.starts_with(&*self.literal)) {
            self.valid = end;
        } else {
            self.stack.pop();
            self.after_value(character, end);
        }
    }

    fn read_number(&mut self, character: char, end: usize) {
        match character {
            '0'..='9' => self.valid = end,
            'e' | 'E' | '-' | '.' => {}
            _ => {
                self.stack.pop();
                self.after_value(character, end);
            }
        }
    }
}
