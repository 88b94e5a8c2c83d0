package io.waybill.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Alert.Severity;
import io.waybill.domain.AlertKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlertStateFormatTest {
  private static final Duration OVER = Duration.ofMinutes(15);

  private static AlertState full() {
    Instant now = Sample.START;
    AlertState state = new AlertState();
    state.label = Optional.of("Überwachung");
    state.version = 7;
    state.enabled = false;
    state.disableAsked = 6;
    state.raised = 12;
    state.paidFor = false;
    state.troubleAt = Optional.of(now);
    state.add(now, true, Duration.ofMillis(30), OVER, now);
    state.add(now.minusSeconds(120), false, Duration.ofMillis(10), OVER, now);
    state.open.put(2, 40L);
    state.open.put(0, 2L);
    AlertState.Told told = state.told(AlertKind.FAILURE_RATE);
    told.active = true;
    told.severity = Optional.of(Severity.HIGH);
    told.raisedAt.add(now);
    told.lastRaisedAt = now;
    state.told(AlertKind.RECOVERED);
    return state;
  }

  @Test
  void keepsEverything() {
    byte[] bytes = AlertStateFormat.encode(full());
    AlertState read = AlertStateFormat.decode(bytes).orElseThrow();

    assertThat(read).usingRecursiveComparison().isEqualTo(full());
  }

  @Test
  void whatCannotBeReadBeginsAnew() {
    byte[] bytes = AlertStateFormat.encode(full());

    assertThat(AlertStateFormat.decode(new byte[] {99, 0})).isEmpty();
    assertThat(AlertStateFormat.decode(new byte[0])).isEmpty();
    assertThat(AlertStateFormat.decode(Arrays.copyOf(bytes, bytes.length - 1))).isEmpty();
  }
}
