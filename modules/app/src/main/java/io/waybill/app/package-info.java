/**
 * Waybill as a program: where it begins, and how its parts are put together by plain constructors.
 * What the parts do lives in their own modules; nothing here decides about a delivery.
 */
@NullMarked
package io.waybill.app;

import org.jspecify.annotations.NullMarked;
