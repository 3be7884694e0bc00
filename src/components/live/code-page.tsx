/** /code/ alive. */
import { render } from 'preact';
import { CodeForm } from './CodeForm.tsx';

const box = document.getElementById('code');
if (box !== null) render(<CodeForm />, box);
