package io.waybill.channel.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmailSettingsTest {
  @Test
  void allowsNothingInClearUnlessTold() {
    EmailSettings settings = EmailSettings.defaults("waybill.example");

    assertThat(settings.allowUnencrypted()).isEmpty();
    assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.readTimeout()).isEqualTo(Duration.ofSeconds(60));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "*.example.com", "relay:25", "a b", "relay\r\nRCPT"})
  void takesExactHostNamesOnly(String host) {
    assertThatThrownBy(
            () -> EmailSettings.defaults("waybill.example").allowingUnencrypted(Set.of(host)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host names like");
    assertThatThrownBy(() -> EmailSettings.defaults(host))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
