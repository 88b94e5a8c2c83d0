package io.waybill.channel.webhook;

import io.waybill.domain.Mutations;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A receiver may say anything; it is a pause that is bounded, a word that can be shown, or none.
 */
class AnswerFuzzTest {
  @DisplayName("row 88: anything may be answered")
  @Test
  void anythingMayBeAnswered() {
    Mutations.tryAll(AnswerFuzz.SEEDS, Mutations.FEW, AnswerFuzz::fuzzerTestOneInput);
  }

  @Test
  @Tag("long")
  void muchMoreMayBeAnswered() {
    Mutations.tryAll(AnswerFuzz.SEEDS, Mutations.MANY, AnswerFuzz::fuzzerTestOneInput);
  }
}
