package io.waybill.channel.webhook;

import io.waybill.channel.CredentialSource;
import io.waybill.domain.FieldError;
import io.waybill.domain.PemRules;
import io.waybill.domain.SigningSecrets;
import io.waybill.domain.WebhookAuth;
import io.waybill.domain.WebhookAuthRules;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookTls;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;

/**
 * What one version of a destination proves itself with: authentication, signing keys, TLS. Made
 * once of opened credentials, and safe to share between threads. A class, because a record would
 * print what it holds.
 */
final class Identity {
  /** Of a destination that proves nothing. */
  static final Identity NONE =
      new Identity(Optional.empty(), Optional.empty(), Optional.empty(), List.of());

  private final Optional<Header> authorization;
  private final Optional<Signer> signer;
  private final Optional<TlsIdentity> tls;
  private final List<String> secrets;

  private Identity(
      Optional<Header> authorization,
      Optional<Signer> signer,
      Optional<TlsIdentity> tls,
      List<String> secrets) {
    this.authorization = authorization;
    this.signer = signer;
    this.tls = tls;
    this.secrets = List.copyOf(secrets);
  }

  /** The header that authenticates, if one does. */
  Optional<Header> authorization() {
    return authorization;
  }

  Optional<Signer> signer() {
    return signer;
  }

  /** Whom to trust and how to show oneself, where it is not as the JVM does. */
  Optional<TlsIdentity> tls() {
    return tls;
  }

  /** All that must not be repeated anywhere. */
  List<String> secrets() {
    return secrets;
  }

  /** What came of opened credentials. */
  sealed interface Read {

    /** All is there and good. */
    record Known(Identity identity) implements Read {}

    /** A credential has not arrived, or was never set. */
    record Missing(String name) implements Read {}

    /** A credential that cannot be used. */
    record Wrong(List<FieldError> errors) implements Read {
      public Wrong {
        errors = List.copyOf(errors);
      }
    }
  }

  static Read of(WebhookConfig config, CredentialSource.Opened opened) {
    List<String> names = new ArrayList<>();
    config.auth().ifPresent(auth -> names.addAll(auth.credentialNames()));
    config.tls().ifPresent(tls -> names.addAll(tls.credentialNames()));
    config.signing().ifPresent(signing -> names.addAll(signing.credentialNames()));
    List<String> secrets = new ArrayList<>();
    for (String name : names) {
      Optional<String> value = opened.value(name);
      if (value.isEmpty()) {
        return new Read.Missing(name);
      }
      secrets.add(value.get());
    }
    List<FieldError> errors = errors(config, opened);
    if (!errors.isEmpty()) {
      return new Read.Wrong(errors);
    }
    Optional<Header> authorization = config.auth().map(auth -> authorization(auth, opened));
    authorization.ifPresent(header -> secrets.add(header.getValue()));
    return new Read.Known(
        new Identity(
            authorization,
            config.signing().map(signing -> Signer.of(signing, opened)),
            config.tls().map(tls -> TlsIdentity.of(tls, opened.value(WebhookTls.CLIENT_KEY))),
            secrets));
  }

  private static List<FieldError> errors(WebhookConfig config, CredentialSource.Opened opened) {
    List<FieldError> errors = new ArrayList<>();
    config
        .auth()
        .ifPresent(auth ->
            auth.credentialNames()
                .forEach(
                    name -> errors.addAll(WebhookAuthRules.checkValue(name, value(opened, name)))));
    config
        .tls()
        .flatMap(WebhookTls::clientCertificate)
        .ifPresent(pem ->
            errors.addAll(
                PemRules.checkKey(
                    "config." + WebhookTls.CLIENT_KEY,
                    value(opened, WebhookTls.CLIENT_KEY),
                    PemRules.certificates(pem).stream().findFirst())));
    for (WebhookSigning.Key key : config.signing().map(WebhookSigning::keys).orElse(List.of())) {
      errors.addAll(
          SigningSecrets.check(
              "config.webhook.signing.secret",
              key.algorithm(),
              value(opened, key.credentialName())));
    }
    return errors;
  }

  private static Header authorization(WebhookAuth auth, CredentialSource.Opened opened) {
    String value =
        switch (auth) {
          case WebhookAuth.Basic _ -> {
            String pair =
                value(opened, WebhookAuth.USERNAME) + ":" + value(opened, WebhookAuth.PASSWORD);
            yield "Basic "
                + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
          }
          case WebhookAuth.Bearer _ -> "Bearer " + value(opened, WebhookAuth.TOKEN);
          case WebhookAuth.ApiKey _ -> value(opened, WebhookAuth.KEY);
        };
    return new BasicHeader(auth.header(), value);
  }

  private static String value(CredentialSource.Opened opened, String name) {
    return opened.value(name).orElse("");
  }
}
