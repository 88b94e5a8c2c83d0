package io.waybill.channel.email.cms;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSAuthEnvelopedDataStreamGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.operator.OutputAEADEncryptor;
import org.bouncycastle.operator.OutputEncryptor;

/**
 * Encrypts contents for certain recipients. Safe to share between threads and to use again: every
 * time it makes a new content key, and new ephemeral keys.
 */
public final class Envelope {
  /** Of one piece of the encrypted content. A larger one costs memory, a smaller one bytes. */
  private static final int PIECE = 32 * 1024;

  /** Writes what is to be encrypted. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; the stream is closed by who opened it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** One recipient, with fresh keys where it needs some. */
  @FunctionalInterface
  interface Recipient {
    RecipientInfoGenerator generator();
  }

  private final List<Recipient> recipients;

  private Envelope(List<Recipient> recipients) {
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("an envelope that nobody can open");
    }
    this.recipients = List.copyOf(recipients);
  }

  /**
   * To whoever has the key of one of these certificates.
   *
   * @param certificates with keys of RSA, or of EC on a curve of NIST
   */
  public static Envelope toCertificates(List<X509Certificate> certificates) {
    return new Envelope(certificates.stream().map(CertificateRecipient::of).toList());
  }

  static Envelope to(Recipient recipient) {
    return new Envelope(List.of(recipient));
  }

  /**
   * Writes an envelope as BER. What is written is of use to nobody until it is written whole.
   *
   * @throws IOException of the content or of the stream below
   */
  public void write(Content content, OutputStream out) throws IOException {
    CMSAuthEnvelopedDataStreamGenerator generator = new CMSAuthEnvelopedDataStreamGenerator();
    generator.setBufferSize(PIECE);
    recipients.forEach(each -> generator.addRecipientInfoGenerator(each.generator()));
    OutputStream encrypted = open(generator, out);
    // Lines come one by one, and each call of the cipher has its price.
    OutputStream buffered = new BufferedOutputStream(encrypted, PIECE);
    content.writeTo(buffered);
    // Not by try-with-resources: an envelope whose content broke off must not get its tag.
    buffered.flush();
    encrypted.close();
  }

  private static OutputStream open(CMSAuthEnvelopedDataStreamGenerator generator, OutputStream out)
      throws IOException {
    try {
      OutputEncryptor encryptor =
          new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_GCM)
              .setProvider(BouncyCastle.PROVIDER)
              .build();
      if (!(encryptor instanceof OutputAEADEncryptor authenticated)) {
        throw new IllegalStateException("AES-GCM without a tag is none");
      }
      return generator.open(out, authenticated);
    } catch (CMSException e) {
      // The library wraps what the stream below throws at its header.
      if (e.getCause() instanceof IOException broken) {
        throw broken;
      }
      throw new IllegalStateException("checked keys do not encrypt", e);
    }
  }
}
