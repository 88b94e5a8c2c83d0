package io.waybill.channel.email;

import io.waybill.domain.Mutations;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A template that the rules take is rendered, or it is said what of the data does not fit. */
class MailTemplateFuzzTest {
  @DisplayName("row 58: any template shows any data")
  @Test
  void anyTemplateShowsAnyData() {
    Mutations.tryAll(MailTemplateFuzz.SEEDS, Mutations.FEW, MailTemplateFuzz::fuzzerTestOneInput);
  }

  @Test
  @Tag("long")
  void manyMoreDo() {
    Mutations.tryAll(MailTemplateFuzz.SEEDS, Mutations.MANY, MailTemplateFuzz::fuzzerTestOneInput);
  }
}
