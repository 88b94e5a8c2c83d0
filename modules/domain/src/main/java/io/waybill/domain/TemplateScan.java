package io.waybill.domain;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads a template from its begin to its end, or to what is wrong in it. */
final class TemplateScan {
  /** Possessive: to go back over thousands of dots would take more stack than there is. */
  private static final Pattern NAME =
      Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_-]*+(?:\\.[\\p{L}\\p{N}_-]++)*+");

  private record Section(String name, int at) {}

  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final int at;
    private final String what;

    Refused(int at, String what) {
      super(what, null, false, false);
      this.at = at;
      this.what = what;
    }
  }

  private final String text;
  private final Set<String> firstNames = new LinkedHashSet<>();
  private final StringBuilder literals = new StringBuilder();
  private final Deque<Section> open = new ArrayDeque<>();
  private Optional<String> problem = Optional.empty();

  private TemplateScan(String text) {
    this.text = text;
  }

  static TemplateScan of(String text) {
    TemplateScan scan = new TemplateScan(text);
    try {
      scan.run();
    } catch (Refused refused) {
      scan.problem = Optional.of(scan.place(refused.at) + ": " + refused.what);
    }
    return scan;
  }

  /** What is wrong, with its place, in words. */
  Optional<String> problem() {
    return problem;
  }

  Set<String> firstNames() {
    return Set.copyOf(firstNames);
  }

  /** What stands outside of the braces. */
  String literals() {
    return literals.toString();
  }

  private void run() throws Refused {
    int at = 0;
    while (true) {
      int begin = text.indexOf("{{", at);
      String literal = text.substring(at, begin < 0 ? text.length() : begin);
      int stray = literal.indexOf("}}");
      if (stray >= 0) {
        throw new Refused(
            at + stray, "}} closes nothing; where two braces are meant, put a blank between them");
      }
      literals.append(literal);
      if (begin < 0) {
        break;
      }
      at = tag(begin);
    }
    if (!open.isEmpty()) {
      throw new Refused(open.peek().at(), "this section is never closed");
    }
  }

  /** Reads one tag and gives the place behind it. */
  private int tag(int begin) throws Refused {
    if (text.startsWith("{{{", begin)) {
      throw new Refused(
          begin, "three braces are not supported: every value is escaped where that is needed");
    }
    int end = text.indexOf("}}", begin + 2);
    if (end < 0) {
      throw new Refused(begin, "{{ is never closed by }}");
    }
    String inside = text.substring(begin + 2, end);
    if (inside.indexOf('{') >= 0 || inside.indexOf('}') >= 0) {
      throw new Refused(begin, "a brace stands inside of {{ and }}");
    }
    // As the library does: other blanks than those of ASCII are part of a name, which has none.
    String content = inside.trim();
    if (content.isEmpty()) {
      throw new Refused(begin, "{{}} names nothing");
    }
    String rest = content.substring(1).trim();
    switch (content.charAt(0)) {
      case '#', '^' -> {
        name(rest, begin);
        if (open.size() == TemplateRules.MAX_SECTION_DEPTH) {
          throw new Refused(
              begin, "sections stand at most " + TemplateRules.MAX_SECTION_DEPTH + " deep");
        }
        open.push(new Section(rest, begin));
      }
      case '/' -> {
        if (open.isEmpty() || !open.pop().name().equals(rest)) {
          throw new Refused(begin, "this closes a section that is not open here");
        }
      }
      case '&' -> throw new Refused(begin, "{{& is not supported: values are always escaped");
      case '>' -> throw new Refused(begin, "{{> is not supported: there are no partials");
      case '=' -> throw new Refused(begin, "{{= is not supported: delimiters stay {{ and }}");
      case '!' -> throw new Refused(begin, "{{! is not supported: leave comments out");
      default -> {
        if (content.equals(".")) {
          if (open.isEmpty()) {
            throw new Refused(begin, "{{.}} has a meaning inside of a section only");
          }
        } else {
          name(content, begin);
        }
      }
    }
    return end + 2;
  }

  private void name(String name, int at) throws Refused {
    String first = name.substring(0, name.indexOf('.') < 0 ? name.length() : name.indexOf('.'));
    if (first.equals("this")) {
      throw new Refused(at, "'this' is not a name: the element of a section is {{.}}");
    }
    if (!NAME.matcher(name).matches()) {
      throw new Refused(
          at,
          "this is not a name: letters, digits, _ and - are allowed, dots lead into objects;"
              + " there are no helpers like 'if' and 'each', a section is {{#name}}...{{/name}}");
    }
    firstNames.add(first);
  }

  private String place(int at) {
    long line = text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
    int column = at - text.lastIndexOf('\n', at - 1);
    return "line " + line + ", column " + column;
  }
}
