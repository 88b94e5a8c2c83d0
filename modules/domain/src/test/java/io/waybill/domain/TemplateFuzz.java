package io.waybill.domain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Templates, as somebody configures them. */
public final class TemplateFuzz {
  static final List<byte[]> SEEDS =
      List.of(
          Mutations.text(
              "Dear {{name}},\n{{#items}}{{n}}: {{.}}{{/items}}{{^items}}none{{/items}}"),
          Mutations.text("{{ payload.data.x }} {{größe}} {{a-b_c.0}}"),
          Mutations.text("{{{a}}} {{&a}} {{> p}} {{! c }} {{=<% %>=}} {{#if}}"));

  private TemplateFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String template = new String(input, UTF_8);
    List<FieldError> errors = TemplateRules.check("f", template);
    for (FieldError error : errors) {
      assertThat(error.message()).matches("[ -~]+");
    }
    if (errors.isEmpty()) {
      assertThat(TemplateRules.firstNames(template))
          .allSatisfy(name -> assertThat(template).contains(name));
    }
  }
}
