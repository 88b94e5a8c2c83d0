package io.waybill.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Serializable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SecretTest {
  private static final String MARKER = "s3cr3t-Gr\u00fc\u00dfe-\ud83d\udd11";

  @Test
  void printsNoValue() {
    assertThat(Secret.of(MARKER)).hasToString("Secret[****]");
    assertThat(String.format("%s", Secret.of(MARKER.toCharArray()))).isEqualTo("Secret[****]");
  }

  @Test
  void cannotBeSerialized() {
    assertThat(Secret.of(MARKER)).isNotInstanceOf(Serializable.class);
  }

  @Test
  void revealsTextWhicheverWayItCame() {
    assertThat(Secret.of(MARKER).reveal()).isEqualTo(MARKER);
    assertThat(Secret.of(MARKER.toCharArray()).reveal()).isEqualTo(MARKER);
  }

  @Test
  void copiesWhatItIsGiven() {
    char[] chars = {'a', 'b'};
    byte[] bytes = {'a', 'b'};
    Secret fromChars = Secret.of(chars);
    Secret fromBytes = Secret.of(bytes);
    chars[0] = 'x';
    bytes[0] = 'x';
    assertThat(fromChars.reveal()).isEqualTo("ab");
    assertThat(fromBytes.reveal()).isEqualTo("ab");
  }

  @Test
  void wipesTheLentCopyAndKeepsTheValue() {
    Secret secret = Secret.of("abc");
    AtomicReference<byte[]> lent = new AtomicReference<>(new byte[0]);
    int length =
        secret.use(bytes -> {
          lent.set(bytes);
          assertThat(bytes).containsExactly('a', 'b', 'c');
          return bytes.length;
        });
    assertThat(length).isEqualTo(3);
    assertThat(lent.get()).containsExactly(0, 0, 0);
    assertThat(secret.reveal()).isEqualTo("abc");
  }

  @Test
  void destroyWipesTheValue() {
    byte[] held = {'a', 'b', 'c'};
    Secret secret = Secret.owning(held);
    secret.destroy();
    secret.destroy();
    assertThat(held).containsExactly(0, 0, 0);
    assertThat(secret.isDestroyed()).isTrue();
    assertThatThrownBy(secret::reveal).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> secret.use(bytes -> bytes.length))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Secret.of("abc").matches(secret))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void comparesByMatchesOnly() {
    Secret one = Secret.of("abc");
    assertThat(one.matches(Secret.of("abc".toCharArray()))).isTrue();
    assertThat(one.matches(Secret.of("abd"))).isFalse();
    assertThat(one.matches(Secret.of("abcd"))).isFalse();
    assertThat(one).isNotEqualTo(Secret.of("abc"));
  }

  @Test
  void refusesHalfASurrogatePairWithoutRepeatingTheText() {
    assertThatThrownBy(() -> Secret.of("marker\ud83d"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("marker")
        .hasNoCause();
  }

  @Test
  void bytesThatAreNotTextStayBytes() {
    Secret binary = Secret.of(new byte[] {(byte) 0xff, 0});
    assertThatThrownBy(binary::reveal)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not text");
    assertThat(binary.<byte[]>use(byte[]::clone)).containsExactly(0xff, 0);
  }
}
