package io.waybill.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class BugsTest {

  @Test
  void keepsTypesAndPlacesAndNothingThatWasSaid() {
    Exception cause = new IllegalArgumentException("Bearer secret");
    StringWriter printed = new StringWriter();

    Bugs.withoutMessages(new IllegalStateException("secret", cause))
        .printStackTrace(new PrintWriter(printed));

    assertThat(printed.toString())
        .contains("java.lang.IllegalStateException", "java.lang.IllegalArgumentException")
        .contains("keepsTypesAndPlacesAndNothingThatWasSaid")
        .doesNotContain("secret");
  }

  @Test
  void comesToAnEndWithCausesInACircle() {
    Exception one = new IllegalStateException("one");
    Exception other = new IllegalStateException("other", one);
    one.initCause(other);

    assertThat(Bugs.withoutMessages(one)).hasRootCauseInstanceOf(Throwable.class);
  }
}
