package io.waybill.domain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a template may be: the part of Mustache that looks values up and nothing else. {@code
 * {{name}}} and {@code {{a.b}}} stand for a value, {@code {{#a}}…{{/a}}} repeats or shows what is
 * inside, {@code {{^a}}…{{/a}}} shows it when there is nothing, and {@code {{.}}} inside of a
 * section is its current element. Everything else that begins with two braces is refused when the
 * destination is created, not when a mail is due: unescaped values, partials, other delimiters,
 * comments, and the helpers of Handlebars.
 */
public final class TemplateRules {
  private TemplateRules() {}

  public static final String TEMPLATE_SYNTAX = "template-syntax";

  /** Longest template, in bytes of UTF-8. */
  public static final int MAX_TEMPLATE_BYTES = 1024 * 1024;

  /** Sections within sections. */
  public static final int MAX_SECTION_DEPTH = 8;

  /**
   * What is wrong with a template. Of its syntax the first problem, for the rest would be read
   * wrongly; nothing of the template is repeated.
   *
   * @param field {@code config.email.subject}
   */
  public static List<FieldError> check(String field, String template) {
    List<FieldError> errors = new ArrayList<>();
    if (template.getBytes(StandardCharsets.UTF_8).length > MAX_TEMPLATE_BYTES) {
      errors.add(
          new FieldError(
              field,
              DestinationRules.TOO_LONG,
              "must have at most " + MAX_TEMPLATE_BYTES + " bytes"));
    }
    TemplateScan.of(template)
        .problem()
        .ifPresent(problem -> errors.add(new FieldError(field, TEMPLATE_SYNTAX, problem)));
    return List.copyOf(errors);
  }

  /**
   * What a good template asks for, without what follows a dot: {@code report} for {@code
   * {{report.id}}}.
   */
  public static Set<String> firstNames(String template) {
    return TemplateScan.of(template).firstNames();
  }
}
