package io.waybill.channel.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.MalformedInputException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {
  private static final String REMOTE = "what the receiver said";

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new UnknownHostException(REMOTE), Reason.DNS_FAILURE),
        Arguments.of(new SocketTimeoutException(REMOTE), Reason.TIMEOUT),
        Arguments.of(new ConnectionRequestTimeoutException(REMOTE), Reason.TIMEOUT),
        Arguments.of(new ConnectException(REMOTE), Reason.CONNECTION_REFUSED),
        Arguments.of(new NoRouteToHostException(REMOTE), Reason.CONNECTION_REFUSED),
        Arguments.of(new SSLHandshakeException(REMOTE), Reason.TLS_FAILURE),
        Arguments.of(new SSLPeerUnverifiedException(REMOTE), Reason.TLS_FAILURE),
        Arguments.of(new ProtocolException(REMOTE), Reason.PROTOCOL_ERROR),
        Arguments.of(new MessageConstraintException(REMOTE), Reason.PROTOCOL_ERROR),
        Arguments.of(new MalformedChunkCodingException(REMOTE), Reason.PROTOCOL_ERROR),
        Arguments.of(new MalformedInputException(1), Reason.PROTOCOL_ERROR),
        Arguments.of(new NoHttpResponseException(REMOTE), Reason.CONNECTION_LOST),
        Arguments.of(new ConnectionClosedException(REMOTE), Reason.CONNECTION_LOST),
        Arguments.of(new SocketException(REMOTE), Reason.CONNECTION_LOST),
        Arguments.of(new IOException(REMOTE), Reason.CONNECTION_LOST));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void namesTheReasonAndQuotesNobody(Exception cause, Reason reason) {
    assertThat(Failures.of(cause, "h.example", false, false))
        .hasValueSatisfying(failure -> {
          assertThat(failure.reason()).isEqualTo(reason);
          assertThat(failure.message()).contains("h.example").doesNotContain(REMOTE);
        });
  }

  @Test
  void whatIsNoInputOrOutputIsABug() {
    assertThat(Failures.of(new IllegalStateException(), "h.example", false, false)).isEmpty();
  }

  static Stream<Arguments> certificates() {
    return Stream.of(
        Arguments.of(new CertificateExpiredException(), "the certificate of h has expired"),
        Arguments.of(
            new CertificateNotYetValidException(), "the certificate of h is not valid yet"),
        Arguments.of(
            new CertPathBuilderException(),
            "the certificate of h is not signed by an authority known to this JVM"),
        Arguments.of(
            new IllegalArgumentException(), "no acceptable TLS connection (1.2 or 1.3) to h"));
  }

  @ParameterizedTest
  @MethodSource("certificates")
  void saysWhatIsWrongWithACertificate(Exception root, String message) {
    SSLHandshakeException cause = new SSLHandshakeException(REMOTE);
    cause.initCause(new IOException(root));

    assertThat(Failures.of(cause, "h", false, false))
        .contains(new Failures.Failure(Reason.TLS_FAILURE, message));
  }
}
